/**
 * Cold migration, the baseline without any live part: the guest is stopped and saved to files, the files are moved, and
 * the guest is restored from them.
 *
 * A saved guest is three files (sources/003): its configuration (XML, named by a GUID), its memory (.bin), and the state
 * of its devices (.vsv). They are written at the rate of the source's storage, moved over the link as fast as link and
 * storage allow, and read at the rate of the destination's. On storage that both hosts see, only the configuration moves.
 * A disk that has to be copied moves with them, base disk before layers. Until commitment the guest can go on at the
 * source, from the same files.
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { Bitmap } from '../memory/bitmap.ts'
import { copyFiles } from './disk.ts'
import { askForRoom, handOver, type Migration, type MigrationContext, sendPass } from './stages.ts'

export function* cold(context: MigrationContext, { strategy, storage }: Scenario): Migration {
  const { world, recorder } = context
  const { savedState, disk } = world
  const refused = yield* askForRoom(world)
  if (refused !== null) return refused

  world.enter('save')
  yield* world.suspend()
  yield* savedState.save()

  world.enter('move')
  world.limitRate(Math.min(storage.readRate, storage.writeRate, strategy.maxRate ?? Infinity))
  yield* savedState.moveConfiguration()
  if (disk !== null) yield* copyFiles(disk)
  if (!savedState.isShared) {
    recorder.beginIteration(0, 'stop-and-copy')
    const sent = yield* sendPass(context, { toSend: Bitmap.full(world.pageCount) })
    recorder.endIteration({ ...sent, dirtyPages: 0 })
    yield* world.sendDeviceState()
  }

  world.enter('restore')
  yield* savedState.restore()
  return yield* handOver(world, null)
}
