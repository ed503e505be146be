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

type NumericKey = { [Key in keyof MigrationStats]-?: MigrationStats[Key] extends number ? Key : never }[keyof MigrationStats]

function plain(key: NumericKey, label: string, unit: Metric['unit'], better: Metric['better'], meaning: string): Metric {
  return { key, label, unit, better, meaning, of: (stats) => stats[key] }
}

function part(key: keyof MigrationStats['downtimeParts'], label: string, meaning: string): Metric {
  return { key: `downtimeParts.${key}`, label, unit: 'ms', better: 'lower', meaning, of: (stats) => stats.downtimeParts[key] }
}

function lost(key: keyof MigrationStats['guestLostParts'], label: string, meaning: string): Metric {
  return { key: `guestLostParts.${key}`, label, unit: 'ms', better: 'lower', meaning, of: (stats) => stats.guestLostParts[key] }
}

function byKind(key: keyof MigrationStats['bytesByKind'], label: string, meaning: string): Metric {
  return { key: `bytesByKind.${key}`, label, unit: 'B', better: 'neither', meaning, of: (stats) => stats.bytesByKind[key] }
}

function percent(key: string, label: string, meaning: string, part: (stats: MigrationStats) => number, whole: (stats: MigrationStats) => number): Metric {
  return { key, label, unit: '%', better: 'higher', meaning, of: (stats) => (whole(stats) === 0 ? 0 : (100 * part(stats)) / whole(stats)) }
}

function movedGuests({ guests, outcome }: MigrationStats): number {
  return (guests.length === 0 ? [{ outcome }] : guests).filter((guest) => guest.outcome === 'completed').length
}

function meanOverGuests(stats: MigrationStats, key: 'totalMs' | 'downtimeMs'): number {
  const { guests } = stats
  return guests.length === 0 ? stats[key] : guests.reduce((sum, guest) => sum + guest[key], 0) / guests.length
}

export const metrics: readonly Metric[] = [
  plain('totalMs', 'Total migration time', 'ms', 'lower', 'From the start of the migration until the source may be discarded; of several guests, until the last one has ended'),
  plain('downtimeMs', 'Downtime', 'ms', 'lower', 'From the pause at the source until the guest runs again; of several guests, the longest'),
  {
    key: 'serviceGapMs',
    label: 'Gap in service',
    unit: 'ms',
    better: 'lower',
    meaning: 'The longest time for which a client outside both hosts found that the guest did not serve; of a simulated run, the downtime',
    of: (stats) => stats.measured?.serviceGapMs ?? stats.downtimeMs,
  },
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
  plain('diskBytes', 'Transferred: disk', 'B', 'lower', 'Bytes of the disk among those transferred'),
  plain('diskMs', 'Disk copy', 'ms', 'lower', 'Time in which the disk was sent, before the downtime and in it'),
  plain('saveMs', 'Saving', 'ms', 'lower', 'Cold migration: time to write the files of the stopped guest'),
  plain('moveMs', 'Moving', 'ms', 'lower', 'Cold migration: time to move the files'),
  plain('restoreMs', 'Restoring', 'ms', 'lower', 'Cold migration: time to read the files at the destination'),
  plain('pagesSent', 'Pages sent', 'pages', 'lower', 'Pages sent, each as often as it was sent, zero pages among them'),
  plain('normalPages', 'Normal pages', 'pages', 'lower', 'Pages sent with their content'),
  plain('zeroPages', 'Zero pages', 'pages', 'neither', 'Pages sent as a marker'),
  plain('skippedPages', 'Skipped pages', 'pages', 'neither', 'Pages left out of an iteration because they were dirty again'),
  plain('iterationCount', 'Iterations', '', 'lower', 'Iterations of pre-copy, the full copy among them, the last copy not'),
  plain('throughputBitsPerSecond', 'Throughput', 'bit/s', 'higher', 'Transferred bytes over total time'),
  byKind('plain', 'Transferred: plain pages', 'Bytes of pages sent as they are'),
  byKind('zero', 'Transferred: zero markers', 'Bytes of markers for pages of zeros'),
  byKind('delta', 'Transferred: deltas', 'Bytes of differences to what was sent before'),
  byKind('compressed', 'Transferred: compressed pages', 'Bytes of compressed pages'),
  byKind('other', 'Transferred: other', 'Bytes of headers, bitmaps, device state, disk, and the files of cold migration'),
  plain('compressedPages', 'Compressed pages', 'pages', 'neither', 'Pages sent compressed'),
  percent('deltaHitRate', 'Delta cache hits', 'Share of the pages looked up in the delta cache that were there', (stats) => stats.deltaHits, (stats) => stats.deltaHits + stats.deltaMisses),
  plain('deltaHits', 'Delta hits', 'pages', 'higher', 'Pages found in the delta cache'),
  plain('deltaMisses', 'Delta misses', 'pages', 'lower', 'Pages not found in the delta cache, sent whole'),
  plain('deltaOverflows', 'Delta overflows', 'pages', 'lower', 'Pages whose difference was larger than the page, sent whole'),
  plain('deltaSavedBytes', 'Saved by deltas', 'B', 'higher', 'Bytes by which differences were smaller than their pages'),
  plain('sourceCpuMs', 'Processor time at the source', 'ms', 'lower', 'Of all threads of the migration, as far as the scenario gives costs: log, zero search, deltas, compression, connections'),
  plain('destinationCpuMs', 'Processor time at the destination', 'ms', 'lower', 'Decoding of deltas and decompression, over all threads'),
  plain('majorFaults', 'Major faults', '', 'lower', 'Page faults that went over the network'),
  plain('minorFaults', 'Minor faults', '', 'lower', 'Page faults that found their page already there'),
  plain('postcopyRequests', 'Requests', '', 'lower', 'Requests for pages that the destination sent'),
  plain('faultMeanMs', 'Fault latency, mean', 'ms', 'lower', 'From an access to a missing page until its thread goes on'),
  plain('faultP50Ms', 'Fault latency, median', 'ms', 'lower', 'Half of the major faults took at most this long'),
  plain('faultP95Ms', 'Fault latency, 95 %', 'ms', 'lower', '95 % of the major faults took at most this long'),
  plain('faultP99Ms', 'Fault latency, 99 %', 'ms', 'lower', '99 % of the major faults took at most this long'),
  plain('faultMaxMs', 'Fault latency, longest', 'ms', 'lower', 'The longest major fault'),
  plain('predictedPages', 'Predicted pages', 'pages', 'neither', 'Pages sent along with a page asked for, because they were predicted'),
  percent('predictionAccuracy', 'Prediction accuracy', 'Share of the predicted pages that the guest accessed in post-copy', (stats) => stats.usedPredictions, (stats) => stats.predictedPages),
  percent('predictionCoverage', 'Prediction coverage', 'Share of the accesses to pages not pushed yet that found a predicted page', (stats) => stats.usedPredictions, (stats) => stats.usedPredictions + stats.majorFaults),
  { key: 'guests.moved', label: 'Guests moved', unit: '', better: 'higher', meaning: 'Guests that run on the destination', of: movedGuests },
  { key: 'guests.meanTotalMs', label: 'Total time of a guest', unit: 'ms', better: 'lower', meaning: 'Mean over the guests of the total time of each', of: (stats) => meanOverGuests(stats, 'totalMs') },
  { key: 'guests.meanDowntimeMs', label: 'Downtime of a guest', unit: 'ms', better: 'lower', meaning: 'Mean over the guests of the downtime of each', of: (stats) => meanOverGuests(stats, 'downtimeMs') },
  plain('guestLostMs', 'Guest work lost', 'ms', 'lower', 'Work that the guest did not do because of the migration, as time undisturbed'),
  lost('sourceMs', 'Guest work lost before', 'Work lost while the guest ran at the source'),
  lost('downtimeMs', 'Guest work lost in downtime', 'Work lost while the guest stood still'),
  lost('destinationMs', 'Guest work lost after', 'Work lost while the guest ran on the destination and its memory was brought'),
  plain('releasedPages', 'Released pages', 'pages', 'higher', 'Pages that were not sent, or not sent again, because the guest had given them back'),
  plain('balloonLostMs', 'Guest work lost to the balloon', 'ms', 'lower', 'Time of the guest for moving pages into the balloon and out of it'),
  plain('cacheLostMs', 'Guest work lost to its page cache', 'ms', 'lower', 'Time of the guest for reading page cache again that it had given back'),
  plain('stunnedProcesses', 'Stunned processes', '', 'lower', 'Processes of the guest that were put to sleep because they dirtied too fast'),
  plain('faultsHit', 'Failures', '', 'neither', 'Failures of the scenario that came before the end'),
  plain('pausedMs', 'Pause of post-copy', 'ms', 'lower', 'Time in which post-copy waited for a lost connection'),
  plain('checkpoints', 'Checkpoints', '', 'neither', 'Reverse checkpoints that arrived at the source as a whole'),
  plain('checkpointBytes', 'Sent back', 'B', 'lower', 'Bytes of the checkpoints sent back to the source'),
  plain('checkpointStopMs', 'Stopped for checkpoints', 'ms', 'lower', 'Time in which the guest was stopped while checkpoints were taken'),
  plain('rolledBackMs', 'Work rolled back', 'ms', 'lower', 'Work that a return to the last checkpoint undid'),
  plain('rollbackOutageMs', 'Outage before the rollback', 'ms', 'lower', 'From the crash of the destination until the guest went on at the source'),
  plain('cpuThrottlePercent', 'Throttle', '%', 'lower', 'Highest share of its time that was taken from the guest'),
  plain('guestTrafficBitsPerSecond', "Guest's own traffic", 'bit/s', 'higher', "The guest's own traffic during the first iteration"),
]

const byKey = new Map(metrics.map((metric) => [metric.key, metric]))

export function metricOf(key: string): Metric | undefined {
  return byKey.get(key)
}
