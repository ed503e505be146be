/** What contradicts itself in a scenario where the guest gives memory back, allocates it, or is slowed. */

import { memoryLayout } from './memory-layout.ts'
import type { ScenarioIssue } from './resolve.ts'
import type { Scenario } from './scenario.ts'

export function releaseContradictions(scenario: Scenario): readonly ScenarioIssue[] {
  const { guest, workload, balloon, optimisations, strategy } = scenario
  const issues: ScenarioIssue[] = []
  const report = (path: ReadonlyArray<string | number>, message: string): void => void issues.push({ path, message })
  const processes = [workload, ...workload.processes]
  const allocated = processes.reduce((sum, { allocation }) => sum + Math.floor(allocation / guest.pageSize) * guest.pageSize, 0)

  if (allocated > guest.freeMemory) report(['guest', 'freeMemory'], 'the processes allocate more than the free memory of the guest')
  if (balloon.kind === 'static') {
    if (balloon.size > guest.memory) report(['balloon', 'size'], 'the balloon is larger than the guest')
    else if (balloon.size > guest.freeMemory) report(['balloon', 'size'], 'the balloon is larger than the free memory of the guest')
    else if (balloon.size + allocated > guest.freeMemory) report(['balloon', 'size'], 'the processes allocate memory that lies in the static balloon, which never gives any back')
  }
  if (balloon.kind === 'self-ballooning' && balloon.reserve > guest.freeMemory) report(['balloon', 'reserve'], 'the reserve is larger than the free memory of the guest')
  if (balloon.releasePageCache && guest.pageCache < guest.pageSize) report(['balloon', 'releasePageCache'], 'there is no page cache to release (guest.pageCache)')
  if (balloon.cacheReads > 0 && !balloon.releasePageCache) report(['balloon', 'cacheReads'], 'reads of the page cache are counted only if it is released (balloon.releasePageCache)')

  const { free, pageCache } = memoryLayout(scenario)
  const cacheFirst = balloon.releasePageCache ? pageCache.first : free.first
  const isUsed = balloon.kind !== 'none' || balloon.releasePageCache || allocated > 0
  let next = 0
  processes.forEach(({ kind, start, workingSet }, index) => {
    if (kind === 'idle') return
    const end = (start ?? next) + workingSet
    next = Math.max(next, end)
    if (!isUsed || end > guest.memory || end <= cacheFirst * guest.pageSize) return
    report(index === 0 ? ['workload', 'workingSet'] : ['workload', 'processes', index - 1, 'workingSet'], 'the working set reaches into free memory, or into page cache that is released')
  })

  if (optimisations.autoConverge && optimisations.throttle !== 'none' && optimisations.throttle !== 'auto-converge') {
    report(['optimisations', 'throttle'], `autoConverge is on and the throttle is "${optimisations.throttle}"; only one of them can be used`)
  }
  if (optimisations.stun && strategy.kind !== 'precopy') report(['optimisations', 'stun'], 'processes are stunned in pre-copy only')
  return issues
}
