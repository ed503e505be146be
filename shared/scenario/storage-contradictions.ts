/** What the fields of disk, cold and self migration, and of a fleet, allow by themselves but not together. */

import { diskFiles } from './disk-files.ts'
import { memoryLayout } from './memory-layout.ts'
import type { ScenarioIssue } from './resolve.ts'
import type { Scenario } from './scenario.ts'

/** Blocks are numbered as pages are. */
const mostBlocks = 2 ** 31

export function storageContradictions(scenario: Scenario): readonly ScenarioIssue[] {
  return [...ofDisk(scenario), ...ofSelf(scenario), ...ofFleet(scenario)]
}

function ofDisk({ disk }: Scenario): ScenarioIssue[] {
  if (disk.kind === 'none') return []
  const issues: ScenarioIssue[] = []
  const files = diskFiles(disk)
  const blocks = files.reduce((sum, file) => sum + file, 0)
  const last = files.at(-1) ?? 0
  if (disk.blockSize > disk.size) issues.push({ path: ['disk', 'blockSize'], message: 'a block is larger than the disk' })
  if (blocks > mostBlocks) issues.push({ path: ['disk', 'blockSize'], message: `the disk has ${blocks} blocks; at most ${mostBlocks} can be addressed; use a larger blockSize` })
  if (disk.blocksPerSecond > 0 && disk.workingSet < disk.blockSize) issues.push({ path: ['disk', 'workingSet'], message: 'the blocks that the guest writes are less than one block' })
  if (disk.blocksPerSecond > 0 && Math.floor(disk.workingSet / disk.blockSize) > last) {
    const where = disk.layers.length === 0 ? 'the base disk' : 'the last layer'
    issues.push({ path: ['disk', 'workingSet'], message: `the guest writes ${Math.floor(disk.workingSet / disk.blockSize)} blocks, and ${where} has ${last}; make the working set smaller or the share larger` })
  }
  return issues
}

function ofSelf(scenario: Scenario): ScenarioIssue[] {
  const { strategy, guest } = scenario
  if (strategy.kind !== 'self') return []
  const issues: ScenarioIssue[] = []
  if (Math.floor(strategy.selfMemory / guest.pageSize) > memoryLayout(scenario).nonPageable.end) {
    issues.push({ path: ['strategy', 'selfMemory'], message: 'self migration needs more memory of its own than the guest uses' })
  }
  for (const action of ['timeoutAction', 'stallAction'] as const) {
    if (strategy.stop[action] === 'postcopy') issues.push({ path: ['strategy', 'stop', action], message: 'self migration cannot go on by post-copy: what would serve the pages is part of the guest' })
  }
  return issues
}

function ofFleet({ fleet }: Scenario): ScenarioIssue[] {
  const issues: ScenarioIssue[] = []
  if (fleet.hosts > fleet.guests) issues.push({ path: ['fleet', 'hosts'], message: `there are ${fleet.hosts} hosts and only ${fleet.guests} guests` })
  if (fleet.perHost !== null && fleet.order === 'series') issues.push({ path: ['fleet', 'perHost'], message: 'a limit per host says nothing in series, where one guest moves at a time; use order parallel' })
  return issues
}
