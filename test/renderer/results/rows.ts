/** Rows of results for tests: one that is complete, with what a test says laid over it. */

import { emptyStats } from '#shared/model/empty-stats.ts'
import type { RunRow } from '#shared/rpc/app-contract.ts'

const { iterations: _rows, timeline: _timeline, wws: _wws, ...nothing } = emptyStats

export function runRow(changes: Partial<RunRow> = {}): RunRow {
  return {
    ...nothing,
    suiteId: 1,
    runId: 'run-1',
    suite: 'Bandwidth',
    point: 0,
    factors: { 'link.bandwidth': '1 Gbit/s' },
    repetition: 1,
    seed: 7,
    backend: 'sim',
    outcome: 'completed',
    reason: null,
    stopRule: 'iterations',
    totalBytes: 2 ** 30,
    pageBytes: 4096,
    setupMs: 20,
    totalMs: 10_000,
    downtimeMs: 250,
    downtimeParts: { suspendMs: 5, lastCopyMs: 200, stateMs: 20, commitMs: 15, resumeMs: 10 },
    transferredBytes: 1.5 * 2 ** 30,
    precopyBytes: 1.4 * 2 ** 30,
    downtimeBytes: 0.1 * 2 ** 30,
    postcopyBytes: 0,
    pagesSent: 393_216,
    normalPages: 390_000,
    zeroPages: 3216,
    skippedPages: 0,
    iterationCount: 5,
    throughputBitsPerSecond: 9.1e8,
    majorFaults: 0,
    minorFaults: 0,
    postcopyRequests: 0,
    guestLostMs: 300,
    cpuThrottlePercent: 0,
    guestTrafficBitsPerSecond: 0,
    fingerprint: 'f00d',
    provenance: { scenarioHash: 'abc', programVersion: '0.1.0', modelVersion: 1, node: 'v24', os: 'linux', host: 'lab', backendVersion: '1', startedAt: '2026-11-01T10:00:00.000Z', wallMs: 12 },
    iterationPages: [262_144, 80_000, 30_000, 12_000, 9072],
    tags: [],
    note: '',
    exclusion: null,
    ...changes,
  }
}

/** Many rows over two factors, all different, in the order in which a suite runs them. */
export function manyRows(count: number, suiteId = 1): readonly RunRow[] {
  const bandwidths = ['100 Mbit/s', '1 Gbit/s', '10 Gbit/s', '25 Gbit/s']
  const kinds = ['idle', 'uniform', 'hot-cold', 'zipf', 'oltp']
  const points = bandwidths.length * kinds.length
  const factors = Array.from({ length: points }, (_, point) => ({ 'link.bandwidth': bandwidths[point % bandwidths.length] ?? '', 'workload.kind': kinds[Math.floor(point / bandwidths.length)] ?? '' }))
  return Array.from({ length: count }, (_, index) => {
    const point = index % points
    const spread = ((index * 7919) % 1000) / 1000
    const slowness = 10 ** (3 - (point % bandwidths.length))
    return runRow({
      suiteId,
      runId: (index * 2654435761 % 2 ** 32).toString(16).padStart(8, '0') + index.toString(16).padStart(56, '0'),
      suite: 'Bandwidth against dirtying rate for SPECweb99, long name',
      point,
      factors: factors[point] ?? {},
      repetition: Math.floor(index / points) + 1,
      seed: 1000 + Math.floor(index / points),
      totalMs: 120 * slowness * (1 + spread),
      downtimeMs: 3 * slowness * (0.5 + spread),
      outcome: index % 97 === 13 ? 'failed' : 'completed',
      reason: index % 97 === 13 ? { code: 'link.down', message: 'the link went down and did not come back' } : null,
      iterationPages: Array.from({ length: 4 + (index % 9) }, (_unused, iteration) => Math.round(262_144 * 0.55 ** iteration * (0.8 + spread / 2))),
    })
  })
}
