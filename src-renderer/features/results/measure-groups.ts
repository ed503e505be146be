/** What a run measured besides its headline, in groups; a group whose measures are all zero does not apply to the run. */

import { metricOf } from '#shared/model/metrics.ts'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
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
  return groups
    .map(({ label, keys }) => ({
      label,
      measures: keys.flatMap((key) => {
        const metric = metricOf(key)
        return metric === undefined || metric.of(run) === 0 ? [] : [{ key, label: metric.label, meaning: metric.meaning, text: metricWords(metric, run) }]
      }),
    }))
    .filter(({ measures }) => measures.length > 0)
}
