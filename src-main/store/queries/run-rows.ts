/** Runs as tables and charts need them: the scalars of each, its notes and the pages of its iterations, in one pass. */

import type { Database } from 'better-sqlite3'
import type { EarlierCrash, RunRow } from '#shared/rpc/app-contract.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import type { RowQuery } from '../contract.ts'
import { cursorOf, isBehindCursor, readRun, runColumns, runOrder, runTables, type StoredRun } from './stored-run.ts'

interface StoredRow extends StoredRun {
  readonly iterationPages: string
  readonly tags: string | null
  readonly note: string | null
  readonly exclusion: string | null
  /** Null: none. */
  readonly crashedBefore: string | null
}

export function rowQueries(database: Database) {
  const select = (where: string): string => `
    SELECT ${runColumns},
      (SELECT json_group_array(pages ORDER BY row) FROM iterations WHERE iterations.run_key = runs.run_key) AS iterationPages,
      tags, note, exclusion,
      (SELECT json_group_array(json_object('startedAt', crashes.provenance ->> 'startedAt', 'reason', coalesce(crashes.stats ->> '$.reason.message', '')) ORDER BY crash_key)
        FROM crashes WHERE crashes.run_id = runs.run_id HAVING count(*) > 0) AS crashedBefore
    ${runTables}
    LEFT JOIN run_notes ON run_notes.run_id = suite_runs.run_id
    WHERE suite_runs.suite_id = @suiteId ${where}
    ${runOrder}`
  const selectAll = database.prepare<[object], StoredRow>(`${select(`AND ${isBehindCursor}`)} LIMIT @limit`)
  const selectSome = database.prepare<[object], StoredRow>(select('AND suite_runs.run_id IN (SELECT value FROM json_each(@runIds))'))
  const selectScenario = database
    .prepare<[string], string>('SELECT scenario FROM runs JOIN scenarios USING (scenario_hash) WHERE run_id = ?')
    .pluck()

  return {
    // A negative limit is none.
    runRows({ suiteId, runIds, after, limit = -1 }: RowQuery): readonly RunRow[] {
      const stored = runIds === undefined ? selectAll.all({ suiteId, limit, ...cursorOf(after) }) : selectSome.all({ suiteId, runIds: JSON.stringify(runIds) })
      const parseFactors = onceForEach<RunRow['factors']>()
      return stored.map((row) => rowOf(row, suiteId, parseFactors))
    },
    scenarioOfRun(runId: string): Scenario | undefined {
      const scenario = selectScenario.get(runId)
      return scenario === undefined ? undefined : (JSON.parse(scenario) as Scenario)
    },
  }
}

function rowOf(row: StoredRow, suiteId: number, parseFactors: (json: string) => RunRow['factors']): RunRow {
  const { iterationPages, tags, note, exclusion, crashedBefore } = row
  return {
    suiteId,
    ...readRun(row, parseFactors),
    iterationPages: JSON.parse(iterationPages) as number[],
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
