/** Runs as tables and charts need them: the scalars of each, its notes and the pages of its iterations, in one pass. */

import type { Database } from 'better-sqlite3'
import type { Provenance, Scalar } from '#shared/model/migration-stats.ts'
import type { EarlierCrash, RunRow } from '#shared/rpc/app-contract.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import type { RowQuery } from '../contract.ts'

interface StoredRow {
  readonly runId: string
  readonly seed: number
  readonly backend: string
  readonly stats: string
  readonly provenance: string
  readonly suite: string
  readonly point: number
  readonly repetition: number
  readonly factors: string
  readonly iterationPages: string
  readonly tags: string | null
  readonly note: string | null
  readonly exclusion: string | null
  /** Null: none. */
  readonly crashedBefore: string | null
}

/** What the column `stats` and the columns beside it do not hold. */
type FromOtherColumns = 'suiteId' | 'runId' | 'suite' | 'point' | 'factors' | 'repetition' | 'seed' | 'backend' | 'provenance' | 'iterationPages' | 'tags' | 'note' | 'exclusion' | 'crashedBefore'

export function rowQueries(database: Database) {
  const select = (where: string): string => `
    SELECT runs.run_id AS runId, seed, backend, stats, provenance, suites.name AS suite, suite_runs.point AS point, repetition, factors,
      (SELECT json_group_array(pages ORDER BY row) FROM iterations WHERE iterations.run_key = runs.run_key) AS iterationPages,
      tags, note, exclusion,
      (SELECT json_group_array(json_object('startedAt', crashes.provenance ->> 'startedAt', 'reason', coalesce(crashes.stats ->> '$.reason.message', '')) ORDER BY crash_key)
        FROM crashes WHERE crashes.run_id = runs.run_id HAVING count(*) > 0) AS crashedBefore
    FROM suite_runs
    JOIN runs ON runs.run_id = suite_runs.run_id
    JOIN suites ON suites.suite_id = suite_runs.suite_id
    JOIN points ON points.suite_id = suite_runs.suite_id AND points.point = suite_runs.point
    LEFT JOIN run_notes ON run_notes.run_id = suite_runs.run_id
    WHERE suite_runs.suite_id = @suiteId ${where}
    ORDER BY suite_runs.point, repetition, suite_runs.run_id`
  const selectAll = database.prepare<[object], StoredRow>(`${select('')} LIMIT @limit`)
  const selectSome = database.prepare<[object], StoredRow>(select('AND suite_runs.run_id IN (SELECT value FROM json_each(@runIds))'))
  const selectScenario = database
    .prepare<[string], string>('SELECT scenario FROM runs JOIN scenarios USING (scenario_hash) WHERE run_id = ?')
    .pluck()

  return {
    // A negative limit is none.
    runRows({ suiteId, runIds, limit = -1 }: RowQuery): readonly RunRow[] {
      const stored = runIds === undefined ? selectAll.all({ suiteId, limit }) : selectSome.all({ suiteId, runIds: JSON.stringify(runIds) })
      const parseFactors = onceForEach<RunRow['factors']>()
      return stored.map((row) => rowOf(row, suiteId, parseFactors(row.factors)))
    },
    scenarioOfRun(runId: string): Scenario | undefined {
      const scenario = selectScenario.get(runId)
      return scenario === undefined ? undefined : (JSON.parse(scenario) as Scenario)
    },
  }
}

function rowOf(row: StoredRow, suiteId: number, factors: Readonly<Record<string, Scalar>>): RunRow {
  const { runId, suite, point, repetition, seed, backend, tags, note, exclusion, crashedBefore } = row
  return {
    suiteId,
    runId,
    suite,
    point,
    factors,
    repetition,
    seed,
    backend,
    ...(JSON.parse(row.stats) as Omit<RunRow, FromOtherColumns>),
    iterationPages: JSON.parse(row.iterationPages) as number[],
    provenance: JSON.parse(row.provenance) as Provenance,
    tags: tags === null ? [] : (JSON.parse(tags) as string[]),
    note: note ?? '',
    exclusion,
    ...(crashedBefore === null ? {} : { crashedBefore: JSON.parse(crashedBefore) as EarlierCrash[] }),
  }
}

/** Runs of one point have the same factors: they are parsed once. */
function onceForEach<Value>(): (json: string) => Value {
  const known = new Map<string, Value>()
  return (json) => {
    const value = known.get(json) ?? (JSON.parse(json) as Value)
    known.set(json, value)
    return value
  }
}
