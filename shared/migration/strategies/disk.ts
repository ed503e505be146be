/**
 * Disk migration. With storage that both hosts see there is nothing to copy (Clark et al. 2005). Otherwise the disk goes
 * before memory's iteration 0, while the guest runs: the base disk first, then the differencing layers in their order,
 * then the blocks that were written meanwhile, until few are left. The last ones go while the guest is stopped.
 */

import type { SourceDisk, SourceWorld, Step } from '../world.ts'

/** Copies the disk, if there is one to copy, but for the blocks that are left for the downtime. */
export function* copyDisk(world: SourceWorld): Step<void> {
  const { disk } = world
  if (disk === null) return
  world.enter('disk')
  disk.startTracking()
  yield* copyFiles(disk)
  let left = disk.takeWritten()
  for (let round = 0; round < disk.rounds && left > 0 && left >= disk.blocksLeft; round++) {
    yield* disk.sendWritten()
    left = disk.takeWritten()
  }
}

/** Copies the files of the disk in their order. */
export function* copyFiles(disk: SourceDisk): Step<void> {
  for (const file of disk.files.keys()) yield* disk.sendFile(file)
}

/** Copies what was written since; to be called when the guest is stopped. */
export function* copyLastBlocks({ disk }: SourceWorld): Step<void> {
  if (disk === null) return
  disk.takeWritten()
  yield* disk.sendWritten()
}
