/** A run in words while it is going on and when it has ended, and the timeline of one that is going on. */

import type { RunRecord } from '#shared/model/migration-stats.ts'
import type { RunningRun } from '#shared/rpc/app-contract.ts'
import { formatTime, type TimelineStats } from '../../components/timeline/timeline-data.ts'

/** The downtime, once it has begun, lasts until now. */
export function timelineOf({ timeline, iterations, pageBytes, elapsedMs }: RunningRun): TimelineStats {
  const pause = timeline.phases.find(({ phase }) => phase === 'stop-and-copy')
  return { timeline, iterations, pageBytes, totalMs: elapsedMs, downtimeMs: pause === undefined ? 0 : elapsedMs - pause.startMs, outcome: 'running' }
}

/** "21.6 s of simulated time so far, 12 major and 30 minor page faults, 2 other runs at work", without what is none. */
export function soFarInWords({ elapsedMs, backend, majorFaults, minorFaults, others }: RunningRun): string {
  const parts = [`${timeWithTenths(elapsedMs)} ${backend === 'sim' ? 'of simulated time ' : ''}so far`]
  if (majorFaults + minorFaults > 0) parts.push(`${majorFaults.toLocaleString('en')} major and ${minorFaults.toLocaleString('en')} minor page faults`)
  if (others > 0) parts.push(`${others} other ${others === 1 ? 'run' : 'runs'} at work`)
  return parts.join(', ')
}

/** "completed, total time 21.64 s, downtime 312 ms" */
export function endInWords({ outcome, totalMs, downtimeMs }: Pick<RunRecord, 'outcome' | 'totalMs' | 'downtimeMs'>): string {
  return `${outcome}, total time ${formatTime(totalMs)}, downtime ${formatTime(downtimeMs)}`
}

/** Always with as many decimals, so that the words after it stand still. */
function timeWithTenths(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
