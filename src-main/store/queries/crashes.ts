/** Crashed runs make room for another try; their records stay. */

import type { Database } from 'better-sqlite3'

export function crashQueries(database: Database) {
  const selectCrashed = database
    .prepare<[number], number>(
      `SELECT run_key FROM runs WHERE outcome = 'crashed' AND run_id IN (SELECT run_id FROM suite_runs WHERE suite_id = ?)`,
    )
    .pluck()
  const record = database.prepare<[number]>(`
    INSERT INTO crashes (run_id, scenario_hash, seed, backend, stats, provenance)
    SELECT run_id, scenario_hash, seed, backend, stats, provenance FROM runs WHERE run_key = ?`)
  // What refers to the run goes first.
  const removals = ['iterations', 'timelines', 'runs'].map((table) => database.prepare<[number]>(`DELETE FROM ${table} WHERE run_key = ?`))

  return {
    setCrashedAside: database.transaction((suiteId: number): number => {
      const runKeys = selectCrashed.all(suiteId)
      for (const runKey of runKeys) {
        record.run(runKey)
        for (const removal of removals) removal.run(runKey)
      }
      return runKeys.length
    }).immediate,
  }
}
