/** The metric dictionary: what each number of a result is called, its unit, and which way is better. */

import type { MigrationStats } from './migration-stats.ts'

export interface Metric {
  readonly key: string
  readonly label: string
  readonly unit: 'ms' | 'B' | 'pages' | 'bit/s' | '%' | ''
  readonly meaning: string
  readonly better: 'lower' | 'higher' | 'neither'
  readonly of: (stats: MigrationStats) => number
}

type NumericKey = { [Key in keyof MigrationStats]: MigrationStats[Key] extends number ? Key : never }[keyof MigrationStats]

function plain(key: NumericKey, label: string, unit: Metric['unit'], better: Metric['better'], meaning: string): Metric {
  return { key, label, unit, better, meaning, of: (stats) => stats[key] }
}

function part(key: keyof MigrationStats['downtimeParts'], label: string, meaning: string): Metric {
  return { key: `downtimeParts.${key}`, label, unit: 'ms', better: 'lower', meaning, of: (stats) => stats.downtimeParts[key] }
}

export const metrics: readonly Metric[] = [
  plain('totalMs', 'Total migration time', 'ms', 'lower', 'From the start of the migration until the source may be discarded'),
  plain('downtimeMs', 'Downtime', 'ms', 'lower', 'From the pause at the source until the guest runs again'),
  plain('setupMs', 'Set-up time', 'ms', 'lower', 'Reservation on the destination'),
  part('suspendMs', 'Downtime: suspension', 'Stopping the guest'),
  part('lastCopyMs', 'Downtime: last copy', 'Sending the memory that was left'),
  part('stateMs', 'Downtime: device state', 'Sending processor and device state'),
  part('commitMs', 'Downtime: commitment', 'Waiting until the destination holds a consistent image'),
  part('resumeMs', 'Downtime: resumption', 'Starting the guest'),
  plain('transferredBytes', 'Transferred', 'B', 'lower', 'Bytes put on the wire for the migration'),
  plain('precopyBytes', 'Transferred in pre-copy', 'B', 'lower', 'Bytes sent while the guest ran at the source'),
  plain('downtimeBytes', 'Transferred in downtime', 'B', 'lower', 'Bytes sent while the guest was stopped'),
  plain('postcopyBytes', 'Transferred in post-copy', 'B', 'lower', 'Bytes sent after the guest ran on the destination'),
  plain('pagesSent', 'Pages sent', 'pages', 'lower', 'Pages sent, each as often as it was sent, zero pages among them'),
  plain('normalPages', 'Normal pages', 'pages', 'lower', 'Pages sent with their content'),
  plain('zeroPages', 'Zero pages', 'pages', 'neither', 'Pages sent as a marker'),
  plain('skippedPages', 'Skipped pages', 'pages', 'neither', 'Pages left out of an iteration because they were dirty again'),
  plain('iterationCount', 'Iterations', '', 'lower', 'Iterations of pre-copy, the full copy among them, the last copy not'),
  plain('throughputBitsPerSecond', 'Throughput', 'bit/s', 'higher', 'Transferred bytes over total time'),
  plain('majorFaults', 'Major faults', '', 'lower', 'Page faults that went over the network'),
  plain('minorFaults', 'Minor faults', '', 'lower', 'Page faults that found their page already there'),
  plain('guestLostMs', 'Guest work lost', 'ms', 'lower', 'Work that the guest did not do because of the migration, as time undisturbed'),
  plain('cpuThrottlePercent', 'Throttle', '%', 'lower', 'Highest share of its time that was taken from the guest'),
  plain('guestTrafficBitsPerSecond', "Guest's own traffic", 'bit/s', 'higher', "The guest's own traffic during the first iteration"),
]

const byKey = new Map(metrics.map((metric) => [metric.key, metric]))

export function metricOf(key: string): Metric | undefined {
  return byKey.get(key)
}
