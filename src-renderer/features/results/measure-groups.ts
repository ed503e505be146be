/** What a run measured besides its headline, in groups; a group whose measures are all zero does not apply to the run. */

import { metricOf } from '#shared/model/metrics.ts'
import type { Measured, MigrationStats } from '#shared/model/migration-stats.ts'
import { formatTime } from '../../components/timeline/timeline-data.ts'
import { metricWords } from './metric-words.ts'

export interface MeasureGroup {
  readonly label: string
  readonly measures: ReadonlyArray<{ readonly key: string; readonly label: string; readonly meaning: string; readonly text: string }>
}

const groups: ReadonlyArray<{ readonly label: string; readonly keys: readonly string[] }> = [
  { label: 'Work that the guest lost', keys: ['guestLostParts.sourceMs', 'guestLostParts.downtimeMs', 'guestLostParts.destinationMs', 'balloonLostMs', 'cacheLostMs', 'stunnedProcesses', 'cpuThrottlePercent'] },
  { label: 'Transferred, by phase', keys: ['precopyBytes', 'downtimeBytes', 'postcopyBytes', 'diskBytes'] },
  { label: 'Transferred, by content', keys: ['bytesByKind.plain', 'bytesByKind.zero', 'bytesByKind.delta', 'bytesByKind.compressed', 'bytesByKind.other'] },
  { label: 'Pages', keys: ['normalPages', 'zeroPages', 'skippedPages', 'releasedPages', 'compressedPages'] },
  { label: 'Delta compression', keys: ['deltaHitRate', 'deltaHits', 'deltaMisses', 'deltaOverflows', 'deltaSavedBytes'] },
  { label: 'Processor time', keys: ['sourceCpuMs', 'destinationCpuMs'] },
  { label: 'Disk and files', keys: ['diskMs', 'saveMs', 'moveMs', 'restoreMs'] },
  { label: 'Failures and recovery', keys: ['faultsHit', 'pausedMs', 'checkpoints', 'checkpointBytes', 'checkpointStopMs', 'rolledBackMs', 'rollbackOutageMs'] },
]

/** Measures that are zero are left out: they do not apply, or nothing happened. */
export function measureGroups(run: MigrationStats): readonly MeasureGroup[] {
  const inGroups = groups
    .map(({ label, keys }) => ({
      label,
      measures: keys.flatMap((key) => {
        const metric = metricOf(key)
        return metric === undefined || metric.of(run) === 0 ? [] : [{ key, label: metric.label, meaning: metric.meaning, text: metricWords(metric, run) }]
      }),
    }))
    .filter(({ measures }) => measures.length > 0)
  return run.measured === undefined ? inGroups : [outsideGroup(run.measured), ...inGroups]
}

/** What was seen from outside of a real run. */
function outsideGroup(measured: Measured): MeasureGroup {
  const { serviceGapMs, operationsPerSecond, serviceLevelBefore, serviceLevelAfter, comparedPages, differingPages, clockOffsetMs, roundTripMs } = measured
  const perSecond = (operations: number): string => `${Math.round(operations).toLocaleString('en')}/s`
  const percent = (level: number): string => `${(100 * level).toFixed(0)} %`
  const entry = (key: string, label: string, text: string, meaning: string) => ({ key, label, text, meaning })
  return {
    label: 'Seen from outside',
    measures: [
      entry('serviceGapMs', 'Gap in service', formatTime(serviceGapMs), 'The longest time for which a client outside both hosts found that the guest did not serve'),
      entry('before', 'Work before', `${perSecond(operationsPerSecond.before)}, ${percent(serviceLevelBefore)}`, 'Operations of the guest per second before the migration, and its work against undisturbed: below 100 % the machine is too slow for the workload'),
      entry('during', 'Work during', perSecond(operationsPerSecond.during), 'Operations of the guest per second from the start of the migration to its end'),
      entry('after', 'Work after', `${perSecond(operationsPerSecond.after)}, ${percent(serviceLevelAfter)}`, 'Operations of the guest per second after the migration, and its work against undisturbed'),
      entry('memory', 'Memory', differingPages === 0 ? `${comparedPages.toLocaleString('en')} pages as they must be` : `${differingPages.toLocaleString('en')} of ${comparedPages.toLocaleString('en')} pages differ`, 'Pages compared with an independent replay of all that the guest did'),
      entry('clocks', 'Clocks', `${clockOffsetMs.toFixed(3)} ms apart, round trip ${roundTripMs.toFixed(3)} ms`, 'Clock of the destination minus that of the source, and the round trip by which it was found'),
    ],
  }
}
