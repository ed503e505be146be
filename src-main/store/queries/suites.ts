/** Suites, their points, and the runs they plan. */

import type { Database } from 'better-sqlite3'
import type { Scalar } from '#shared/model/migration-stats.ts'
import type { SuiteEntry } from '#shared/rpc/app-contract.ts'
import type { NewPoint, NewSuite, PointRow, RunLink } from '../contract.ts'

export function suiteQueries(database: Database) {
  const insertSuite = database.prepare<[NewSuite], { suite_id: number }>(`
    INSERT INTO suites (name, plan_digest, text, created_at) VALUES (@name, @planDigest, @text, @createdAt)
    ON CONFLICT (plan_digest) DO UPDATE SET text = excluded.text
    RETURNING suite_id`)
  const insertScenario = database.prepare<[string, string]>(`
    INSERT INTO scenarios (scenario_hash, scenario) VALUES (?, ?) ON CONFLICT DO NOTHING`)
  const insertPoint = database.prepare<[number, number, string, string]>(`
    INSERT INTO points (suite_id, point, factors, scenario_hash) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`)
  const insertSuiteRun = database.prepare<[number, number, number, string]>(`
    INSERT INTO suite_runs (suite_id, point, repetition, run_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`)
  const isFinished = database.prepare<[string], 1>('SELECT 1 FROM runs WHERE run_id = ?').pluck()
  const summary = `
    SELECT suite_id AS suiteId, name, created_at AS createdAt,
      (SELECT count(*) FROM points WHERE points.suite_id = suites.suite_id) AS points,
      (SELECT count(DISTINCT run_id) FROM suite_runs WHERE suite_runs.suite_id = suites.suite_id) AS planned,
      (SELECT count(*) FROM runs WHERE run_id IN
        (SELECT run_id FROM suite_runs WHERE suite_runs.suite_id = suites.suite_id)) AS finished,
      (SELECT count(*) FROM runs WHERE outcome = 'crashed' AND run_id IN
        (SELECT run_id FROM suite_runs WHERE suite_runs.suite_id = suites.suite_id)) AS crashed
    FROM suites`
  const selectSuites = database.prepare<[], SuiteEntry>(`${summary} ORDER BY suite_id DESC`)
  const selectSuite = database.prepare<[number], SuiteEntry>(`${summary} WHERE suite_id = ?`)
  const selectText = database.prepare<[number], string>('SELECT text FROM suites WHERE suite_id = ?').pluck()
  const selectPoints = database.prepare<[number], { point: number; factors: string; scenarioHash: string }>(`
    SELECT point, factors, scenario_hash AS scenarioHash FROM points WHERE suite_id = ? ORDER BY point`)
  const selectFinished = database
    .prepare<[number], string>(
      `SELECT run_id FROM runs WHERE run_id IN (SELECT run_id FROM suite_runs WHERE suite_id = ?) ORDER BY run_key`,
    )
    .pluck()

  return {
    addSuite(suite: NewSuite): number {
      const row = insertSuite.get(suite)
      if (row === undefined) throw new Error('an inserted suite has no id')
      return row.suite_id
    },
    addPoints: database.transaction((suiteId: number, points: readonly NewPoint[]): void => {
      for (const { index, factors, scenario, scenarioHash } of points) {
        insertScenario.run(scenarioHash, JSON.stringify(scenario))
        insertPoint.run(suiteId, index, JSON.stringify(factors), scenarioHash)
      }
    }).immediate,
    planRuns: database.transaction((suiteId: number, links: readonly RunLink[]): readonly string[] => {
      for (const { runId, point, repetition } of links) insertSuiteRun.run(suiteId, point, repetition, runId)
      return links.filter(({ runId }) => isFinished.get(runId) !== undefined).map(({ runId }) => runId)
    }).immediate,
    suites: (): readonly SuiteEntry[] => selectSuites.all(),
    suite: (suiteId: number): SuiteEntry | undefined => selectSuite.get(suiteId),
    suiteText: (suiteId: number): string => selectText.get(suiteId) ?? '',
    points: (suiteId: number): readonly PointRow[] =>
      selectPoints.all(suiteId).map((row) => ({ ...row, factors: JSON.parse(row.factors) as Record<string, Scalar> })),
    finishedRunIds: (suiteId: number): readonly string[] => selectFinished.all(suiteId),
  }
}
