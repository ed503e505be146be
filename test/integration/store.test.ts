/** The store keeps what it is given, over closing and opening, and never changes a finished run. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { provenanceOf } from '../../src-main/lab/provenance.ts'
import type { FinishedRun, Store, StoreOptions } from '../../src-main/store/contract.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { planOf, smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const createdAt = '2026-11-21T10:00:00.000Z'

async function open(path: string, options?: StoreOptions): Promise<Store> {
  const store = await openStore(path, options)
  onTestFinished(() => store.close())
  return store
}

function finishedRuns(plan: SuitePlan): readonly FinishedRun[] {
  return plan.runs.map((run) => ({
    runId: run.runId,
    seed: run.seed,
    backend: run.backend,
    stats: simulate(run.point.scenario, run.seed),
    provenance: provenanceOf(run, { startedAt: createdAt, wallMs: 1.5 }),
  }))
}

async function addPlan(store: Store, plan: SuitePlan, planDigest = plan.suiteName): Promise<number> {
  const suiteId = await store.addSuite({ name: plan.suiteName, text: 'the text', planDigest, createdAt })
  await store.addPoints(suiteId, plan.points)
  await store.planRuns(suiteId, plan.runs.map(({ runId, point, repetition }) => ({ runId, point: point.index, repetition })))
  return suiteId
}

test('a run comes back from a store that was closed and opened as it was added', async () => {
  const path = join(temporaryFolder(), 'lab.sqlite')
  const plan = planOf(smallSuite())
  const runs = finishedRuns(plan)
  const first = await openStore(path)
  const suiteId = await addPlan(first, plan)
  await Promise.all(runs.map((run) => first.addRun(run)))
  await first.close()

  const store = await open(path, { access: 'read' })
  const stored = await store.runs({ suiteId, timelines: true })
  const expected = plan.runs.map((planned, index) => ({
    runId: planned.runId,
    suite: 'Small',
    point: planned.point.index,
    factors: planned.point.factors,
    repetition: planned.repetition,
    seed: planned.seed,
    backend: 'sim',
    ...runs[index]?.stats,
    provenance: runs[index]?.provenance,
  }))
  expect(stored).toEqual(expected.sort((a, b) => a.point - b.point || a.repetition - b.repetition))
  expect(await store.run(stored[0]?.runId ?? '')).toEqual(stored[0])
  expect(await store.timeline(stored[0]?.runId ?? '')).toEqual(stored[0]?.timeline)
  expect(await store.suiteText(suiteId)).toBe('the text')
})

test('runs without timelines and iterations leave those empty and the rest whole', async () => {
  const store = await open(join(temporaryFolder(), 'lab.sqlite'))
  const plan = planOf(smallSuite())
  const suiteId = await addPlan(store, plan)
  await Promise.all(finishedRuns(plan).map((run) => store.addRun(run)))
  const [lean] = await store.runs({ suiteId, iterations: false })
  const [full] = await store.runs({ suiteId, timelines: true })
  expect(full?.timeline.timeMs.length).toBeGreaterThan(0)
  expect(lean).toEqual({ ...full, iterations: [], wws: null, timeline: { timeMs: [], transferBitsPerSecond: [], dirtyPagesPerSecond: [], remainingBytes: [], serviceLevel: [], phases: [] } })
})

test('pages of runs join to the whole list', async () => {
  const store = await open(join(temporaryFolder(), 'lab.sqlite'))
  const plan = planOf(smallSuite({ points: 3, repeat: 3 }))
  const suiteId = await addPlan(store, plan)
  await Promise.all(finishedRuns(plan).map((run) => store.addRun(run)))
  const first = await store.runs({ suiteId, limit: 4 })
  const after = first.at(-1)
  const rest = await store.runs({ suiteId, ...(after === undefined ? {} : { after }) })
  expect(first).toHaveLength(4)
  expect([...first, ...rest]).toEqual(await store.runs({ suiteId }))
})

test('a run that two suites plan is known to both and kept once', async () => {
  const store = await open(join(temporaryFolder(), 'lab.sqlite'))
  const plan = planOf(smallSuite())
  await addPlan(store, plan)
  await Promise.all(finishedRuns(plan).map((run) => store.addRun(run)))
  const other = await addPlan(store, { ...plan, suiteName: 'Other' })
  const links = plan.runs.map(({ runId, point, repetition }) => ({ runId, point: point.index, repetition }))
  expect([...(await store.planRuns(other, links))].sort()).toEqual(plan.runs.map(({ runId }) => runId).sort())
  expect((await store.runs({ suiteId: other })).map(({ suite }) => suite)).toEqual(['Other', 'Other', 'Other', 'Other'])
  expect((await store.suites()).map(({ name, planned, finished }) => ({ name, planned, finished }))).toEqual([
    { name: 'Other', planned: 4, finished: 4 },
    { name: 'Small', planned: 4, finished: 4 },
  ])
})

test('a run that is added twice stays as it was added first', async () => {
  const store = await open(join(temporaryFolder(), 'lab.sqlite'))
  const plan = planOf(smallSuite())
  const suiteId = await addPlan(store, plan)
  const [run] = finishedRuns(plan)
  if (run === undefined) throw new Error('the plan has no runs')
  await store.addRun(run)
  await store.addRun({ ...run, stats: { ...run.stats, totalMs: 1, iterations: [] } })
  const stored = await store.runs({ suiteId })
  expect(stored.map(({ totalMs, iterations }) => [totalMs, iterations.length])).toEqual([[run.stats.totalMs, run.stats.iterations.length]])
})

test('the same plan is the same suite, another plan under the same name is another suite', async () => {
  const store = await open(join(temporaryFolder(), 'lab.sqlite'))
  const suite = { name: 'Small', text: 'one', createdAt }
  const first = await store.addSuite({ ...suite, planDigest: 'a' })
  expect(await store.addSuite({ ...suite, text: 'two', planDigest: 'a' })).toBe(first)
  expect(await store.suiteText(first)).toBe('two')
  expect(await store.addSuite({ ...suite, planDigest: 'b' })).not.toBe(first)
})

test.each([
  'UPDATE runs SET total_ms = 0',
  'DELETE FROM runs',
  'INSERT OR REPLACE INTO timelines SELECT * FROM timelines',
  'UPDATE iterations SET bytes = 0',
  'DELETE FROM iterations',
  'UPDATE timelines SET timeline = wws',
  'DELETE FROM timelines',
  "UPDATE scenarios SET scenario = '{}'",
])('a finished run refuses: %s', async (statement) => {
  const path = join(temporaryFolder(), 'lab.sqlite')
  const store = await open(path)
  const plan = planOf(smallSuite())
  await addPlan(store, plan)
  await Promise.all(finishedRuns(plan).map((run) => store.addRun(run)))
  const database = new Database(path)
  onTestFinished(() => void database.close())
  database.pragma('recursive_triggers = ON')
  expect(() => database.prepare(statement).run()).toThrow('immutable')
})

test('a result whose scenario the store does not know is refused, and the store goes on', async () => {
  const store = await open(join(temporaryFolder(), 'lab.sqlite'))
  const plan = planOf(smallSuite())
  const suiteId = await addPlan(store, plan)
  const [run, other] = finishedRuns(plan)
  if (run === undefined || other === undefined) throw new Error('the plan has no runs')
  await expect(store.addRun({ ...run, provenance: { ...run.provenance, scenarioHash: 'unknown' } })).rejects.toMatchObject({ code: 'store.sqlite' })
  await store.addRun(other)
  expect(await store.finishedRunIds(suiteId)).toEqual([other.runId])
})

test('closing the store commits the runs that wait for company', async () => {
  const path = join(temporaryFolder(), 'lab.sqlite')
  const plan = planOf(smallSuite())
  const store = await openStore(path)
  const suiteId = await addPlan(store, plan)
  const added = finishedRuns(plan).map((run) => store.addRun(run))
  await store.close()
  await Promise.all(added)
  const again = await open(path)
  expect(await again.finishedRunIds(suiteId)).toHaveLength(plan.runs.length)
})

test('a closed store refuses calls with a coded error', async () => {
  const store = await openStore(join(temporaryFolder(), 'lab.sqlite'))
  await store.close()
  await expect(store.suites()).rejects.toMatchObject({ code: 'store.closed' })
})

test('a store at rest is one plain file, also after a reader closed it last', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'lab.sqlite')
  const writer = await openStore(path)
  await addPlan(writer, planOf(smallSuite()))
  const reader = await openStore(path, { access: 'read' })
  expect(await reader.suites()).toHaveLength(1)
  await writer.close()
  expect(await reader.suites()).toHaveLength(1)
  await reader.close()
  expect(readdirSync(folder)).toEqual(['lab.sqlite'])
  const database = new Database(path, { readonly: true })
  onTestFinished(() => void database.close())
  expect(database.pragma('journal_mode', { simple: true })).toBe('delete')
})

test('two programs that write at the same time lose nothing', async () => {
  const path = join(temporaryFolder(), 'lab.sqlite')
  const plan = planOf(smallSuite({ points: 3, repeat: 4 }))
  const runs = finishedRuns(plan)
  const [one, other] = await Promise.all([open(path), open(path)])
  const [suiteId] = await Promise.all([addPlan(one, plan), addPlan(other, plan)])
  await Promise.all([...runs.map((run) => one.addRun(run)), ...runs.map((run) => other.addRun(run))])
  expect([...(await one.finishedRunIds(suiteId))].sort()).toEqual(runs.map(({ runId }) => runId).sort())
})
