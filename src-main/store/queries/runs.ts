/** Finished runs: written once with their iterations and series, read back as records. */

import { deflateSync, inflateSync } from 'node:zlib'
import type { Database } from 'better-sqlite3'
import { emptyTimeline } from '#shared/model/empty-stats.ts'
import type { IterationStats, RunRecord, Timeline, WritableWorkingSet } from '#shared/model/migration-stats.ts'
import type { FinishedRun, RunQuery } from '../contract.ts'
import { cursorOf, isBehindCursor, readRun, runColumns, runOrder, runTables, type StoredRun, type StoredStats } from './stored-run.ts'

interface WholeRun extends StoredRun {
  readonly runKey: number
  readonly timeline: Buffer | null
  readonly wws: Buffer | null
}

export function runWriter(database: Database): (run: FinishedRun) => void {
  const insertRun = database.prepare(`
    INSERT INTO runs (run_id, scenario_hash, seed, backend, outcome, reason_code, stop_rule, total_ms, downtime_ms,
      transferred_bytes, pages_sent, zero_pages, iteration_count, major_faults, minor_faults, fingerprint, stats, provenance)
    VALUES (@runId, @scenarioHash, @seed, @backend, @outcome, @reasonCode, @stopRule, @totalMs, @downtimeMs,
      @transferredBytes, @pagesSent, @zeroPages, @iterationCount, @majorFaults, @minorFaults, @fingerprint, @stats, @provenance)
    ON CONFLICT (run_id) DO NOTHING`)
  const insertIteration = database.prepare(`
    INSERT INTO iterations (run_key, row, iteration, phase, start_ms, ms, pages, zero_pages, skipped_pages, bytes,
      dirty_pages, rate_bits_per_second, dirty_pages_per_second)
    VALUES (@runKey, @row, @iteration, @phase, @startMs, @ms, @pages, @zeroPages, @skippedPages, @bytes,
      @dirtyPages, @rateBitsPerSecond, @dirtyPagesPerSecond)`)
  const insertTimeline = database.prepare('INSERT INTO timelines (run_key, timeline, wws) VALUES (?, ?, ?)')

  return ({ runId, seed, backend, stats, provenance }) => {
    const { iterations, timeline, wws, ...rest } = stats
    const { changes, lastInsertRowid: runKey } = insertRun.run({
      ...scalarsOf(rest),
      runId,
      seed,
      backend,
      scenarioHash: provenance.scenarioHash,
      stats: JSON.stringify(rest),
      provenance: JSON.stringify(provenance),
    })
    if (changes === 0) return // another process finished the same run first
    iterations.forEach((iteration, row) => void insertIteration.run({ ...iteration, runKey, row }))
    insertTimeline.run(runKey, pack(timeline), wws === null ? null : pack(wws))
  }
}

export function runReader(database: Database) {
  const select = (timelines: boolean, where: string): string => `
    SELECT runs.run_key AS runKey, ${runColumns}, ${timelines ? 'timeline, wws' : 'NULL AS timeline, NULL AS wws'}
    ${runTables}
    ${timelines ? 'JOIN timelines ON timelines.run_key = runs.run_key' : ''}
    WHERE ${where}
    ${runOrder}
    LIMIT @limit`
  const page = `suite_runs.suite_id = @suiteId
    AND (@withoutExcluded = 0 OR suite_runs.run_id NOT IN (SELECT run_id FROM run_notes WHERE exclusion IS NOT NULL))
    AND ${isBehindCursor}`
  const selectPage = database.prepare<[object], WholeRun>(select(false, page))
  const selectPageWithTimelines = database.prepare<[object], WholeRun>(select(true, page))
  const selectOne = database.prepare<[object], WholeRun>(select(true, 'suite_runs.run_id = @runId'))
  const selectIterations = database.prepare<[number], IterationStats>(`
    SELECT iteration, phase, start_ms AS startMs, ms, pages, zero_pages AS zeroPages, skipped_pages AS skippedPages, bytes,
      dirty_pages AS dirtyPages, rate_bits_per_second AS rateBitsPerSecond, dirty_pages_per_second AS dirtyPagesPerSecond
    FROM iterations WHERE run_key = ? ORDER BY row`)
  const selectTimeline = database
    .prepare<[string], Buffer>('SELECT timeline FROM timelines JOIN runs USING (run_key) WHERE run_id = ?')
    .pluck()

  return {
    runs({ suiteId, timelines = false, iterations = true, withoutExcluded = false, after, limit = -1 }: RunQuery): readonly RunRecord[] {
      const rows = (timelines ? selectPageWithTimelines : selectPage).all({ suiteId, limit, withoutExcluded: Number(withoutExcluded), ...cursorOf(after) })
      return rows.map((row) => recordOf(row, iterations ? selectIterations.all(row.runKey) : []))
    },
    run(runId: string): RunRecord | undefined {
      const row = selectOne.get({ runId, limit: 1 })
      return row === undefined ? undefined : recordOf(row, selectIterations.all(row.runKey))
    },
    timeline(runId: string): Timeline | undefined {
      const packed = selectTimeline.get(runId)
      return packed === undefined ? undefined : unpack<Timeline>(packed)
    },
  }
}

function scalarsOf(stats: StoredStats) {
  const { outcome, reason, stopRule, totalMs, downtimeMs, transferredBytes, pagesSent, zeroPages, iterationCount, majorFaults, minorFaults, fingerprint } = stats
  return { outcome, reasonCode: reason?.code ?? null, stopRule, totalMs, downtimeMs, transferredBytes, pagesSent, zeroPages, iterationCount, majorFaults, minorFaults, fingerprint }
}

function recordOf(row: WholeRun, iterations: readonly IterationStats[]): RunRecord {
  return {
    ...readRun(row),
    iterations,
    timeline: row.timeline === null ? emptyTimeline : unpack<Timeline>(row.timeline),
    wws: row.wws === null ? null : unpack<WritableWorkingSet>(row.wws),
  }
}

// Level 1: timelines shrink to about a third of their JSON, and the writer keeps up with many workers.
function pack(series: Timeline | WritableWorkingSet): Buffer {
  return deflateSync(JSON.stringify(series), { level: 1 })
}

function unpack<Series>(packed: Buffer): Series {
  return JSON.parse(inflateSync(packed).toString()) as Series
}
