/** What people note about runs stands beside them, is told to every window, and an excluded run leaves means and figures. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { PointSummary } from '#shared/analysis/summarise.ts'
import { metrics } from '#shared/model/metrics.ts'
import type { RunNotes } from '#shared/rpc/app-contract.ts'
import { summariesOf } from '../../src-main/lab/read-results.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { servicesForTest, type ServicesUnderTest } from '../helpers/services.ts'
import { smallSuite } from '../helpers/suites.ts'
import { listeningWindow } from '../helpers/window.ts'

/** A suite of two points with three repetitions each, run to its end. */
async function withResults(): Promise<{ readonly services: ServicesUnderTest; readonly suiteId: number; readonly runIds: readonly string[] }> {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const { suiteId } = await services.calls.startRuns({ text: smallSuite({ points: 2, repeat: 3 }), fileName: 'suite.yaml' })
  await window.until(() => window.entry(suiteId)?.state === 'finished')
  window.leave()
  const rows = await services.calls.runRows(suiteId)
  return { services, suiteId, runIds: rows.map(({ runId }) => runId) }
}

const csvOf = async ({ calls }: ServicesUnderTest, suiteId: number): Promise<string> =>
  Buffer.from((await calls.renderFigure({ recipe: { kind: 'lines', metric: 'totalMs' }, suiteIds: [suiteId], format: 'csv' })).content, 'base64').toString()

test('a row is the run without rows and series, with its notes and the pages of its iterations', async () => {
  const { services, suiteId } = await withResults()
  for (const row of await services.calls.runRows(suiteId)) {
    const { iterations, timeline, wws, ...scalars } = await services.calls.run(row.runId)
    expect(timeline.timeMs.length).toBeGreaterThan(0)
    expect(wws).toBeNull()
    expect(iterations.length).toBeGreaterThan(0)
    expect(row).toEqual({ ...scalars, suiteId, iterationPages: iterations.map(({ pages }) => pages), tags: [], note: '', exclusion: null })
  }
})

test('notes are kept over a restart, and each part is changed by itself', async () => {
  const { services, suiteId, runIds } = await withResults()
  const [first = '', second = ''] = runIds
  await services.calls.annotate([first, second], { tags: ['odd', 'look again'], note: 'the disk was busy' })
  await services.calls.annotate([second], { note: '' })
  await services.calls.annotate([second], { exclusion: 'wrong cable' })
  await services.close()
  const { calls } = await servicesForTest({ folder: services.folder })
  const notes = (await calls.runRows(suiteId)).map(({ tags, note, exclusion }) => ({ tags, note, exclusion }))
  expect(notes.slice(0, 3)).toEqual([
    { tags: ['odd', 'look again'], note: 'the disk was busy', exclusion: null },
    { tags: ['odd', 'look again'], note: '', exclusion: 'wrong cable' },
    { tags: [], note: '', exclusion: null },
  ])
})

test('every window is told of notes', async () => {
  const { services, runIds } = await withResults()
  const windows = [listeningWindow(services), listeningWindow(services)]
  await services.calls.annotate(runIds, { exclusion: '  wrong cable ' })
  for (const window of windows) expect(window.notes).toEqual([[runIds, { exclusion: 'wrong cable' }]])
})

test('an excluded run leaves figures and means, stays in the table with the reason, and comes back', async () => {
  const { services, suiteId, runIds } = await withResults()
  const before = await csvOf(services, suiteId)
  const [first = ''] = runIds
  await services.calls.annotate([first], { exclusion: 'wrong cable' })
  const without = await csvOf(services, suiteId)
  expect(without).not.toBe(before)
  expect((await services.calls.runRows(suiteId)).map(({ exclusion }) => exclusion)).toEqual(['wrong cable', null, null, null, null, null])

  const store = await openStore(services.storePath, { access: 'read' })
  onTestFinished(() => store.close())
  const counted: PointSummary[] = []
  for await (const summary of summariesOf(store, suiteId, metrics)) counted.push(summary)
  expect(counted.map(({ runs }) => runs)).toEqual([2, 3])

  await services.calls.annotate([first], { exclusion: null })
  expect(await csvOf(services, suiteId)).toBe(before)
})

test('a figure of which every run is excluded says that there is nothing to draw', async () => {
  const { services, suiteId, runIds } = await withResults()
  await services.calls.annotate(runIds, { exclusion: 'wrong cable' })
  await expect(csvOf(services, suiteId)).rejects.toMatchObject({ code: 'figure.no-runs' })
})

test.each([
  ['an exclusion without a reason', { exclusion: ' ' }],
  ['an empty tag', { tags: [''] }],
  ['51 tags', { tags: Array.from({ length: 51 }, (_, index) => `tag ${index}`) }],
  ['an unknown field', { outcome: 'completed' }],
])('%s is refused', async (_, notes) => {
  const { services, runIds } = await withResults()
  await expect(services.calls.annotate(runIds, notes as Partial<RunNotes>)).rejects.toMatchObject({ code: 'rpc.arguments' })
})

test('notes on a run that no suite plans are not kept', async () => {
  const { services } = await withResults()
  await services.calls.annotate(['f'.repeat(64)], { note: 'nobody' })
  await services.close()
  const database = new Database(services.storePath, { readonly: true })
  onTestFinished(() => void database.close())
  expect(database.prepare('SELECT count(*) FROM run_notes').pluck().get()).toBe(0)
})

test('a run shows the scenario that it was made with', async () => {
  const { services, runIds } = await withResults()
  expect(await services.calls.scenarioOfRun(runIds[0] ?? '')).toMatchObject({ guest: { memory: 16 * 2 ** 20 }, workload: { kind: 'uniform', writes: 100 } })
})

test.each(['suiteText', 'runRows'] as const)('%s of an unknown suite is refused', async (name) => {
  const { calls } = await servicesForTest()
  await expect(calls[name](7)).rejects.toMatchObject({ code: 'results.no-suite' })
})

test.each(['run', 'scenarioOfRun'] as const)('%s of an unknown run is refused', async (name) => {
  const { calls } = await servicesForTest()
  await expect(calls[name]('abc')).rejects.toMatchObject({ code: 'results.no-run' })
})

test.each([
  ['svg', 'image/svg+xml', '<?xml'],
  ['pdf', 'application/pdf', '%PDF-'],
  ['png', 'image/png', '\u0089PNG'],
  ['csv', 'text/csv;charset=utf-8', ''],
] as const)('a figure is drawn as %s', async (format, mediaType, beginning) => {
  const { services, suiteId } = await withResults()
  const file = await services.calls.renderFigure({ recipe: { kind: 'bars', name: 'total', metric: 'totalMs' }, suiteIds: [suiteId], format })
  expect(file).toMatchObject({ fileName: `total.${format}`, mediaType })
  const content = Buffer.from(file.content, 'base64')
  expect(content.toString('latin1', 0, beginning.length)).toBe(beginning)
  expect(content.length).toBeGreaterThan(100)
})

test('a recipe with mistakes and a suite that is not there are refused', async () => {
  const { services, suiteId } = await withResults()
  const { renderFigure } = services.calls
  await expect(renderFigure({ recipe: { kind: 'pie' }, suiteIds: [suiteId], format: 'svg' })).rejects.toMatchObject({ code: 'figure.recipe' })
  await expect(renderFigure({ recipe: { kind: 'bars' }, suiteIds: [suiteId + 1], format: 'svg' })).rejects.toMatchObject({ code: 'results.no-suite' })
})

test('the rows of 10,000 runs come all at once, or the first so many of them', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const { suiteId } = await services.calls.startRuns({ text: smallSuite({ points: 100, repeat: 100 }), fileName: 'suite.yaml' })
  await window.until(() => window.entry(suiteId)?.state === 'finished')
  const rows = await services.calls.runRows(suiteId)
  expect(new Set(rows.map(({ runId }) => runId)).size).toBe(10_000)
  expect(await services.calls.runRows(suiteId, 50)).toEqual(rows.slice(0, 50))
})

test('a crashed run leaves the runs only once its record stands among the crashes, and the record stays', async () => {
  const services = await servicesForTest({ workerUrl: pathToFileURL(join(import.meta.dirname, '../helpers/crashing-run-worker.ts')) })
  const window = listeningWindow(services)
  const text = smallSuite({ points: 1, repeat: 1 }).replace(/vary:\n.*\n/, 'vary:\n  - { field: guest.vcpus, values: [1, 61] }\n')
  const { suiteId } = await services.calls.startRuns({ text, fileName: 'suite.yaml' })
  await window.until(() => window.entry(suiteId)?.state === 'finished')
  await services.close()

  const database = new Database(services.storePath)
  onTestFinished(() => void database.close())
  const remove = (outcome: string) => () => {
    const runKeys = database.prepare('SELECT run_key FROM runs WHERE outcome = ?').pluck().all(outcome)
    for (const table of ['iterations', 'timelines', 'runs']) for (const runKey of runKeys) database.prepare(`DELETE FROM ${table} WHERE run_key = ?`).run(runKey)
  }
  const record = (outcome: string) =>
    database.prepare('INSERT INTO crashes (run_id, scenario_hash, seed, backend, stats, provenance) SELECT run_id, scenario_hash, seed, backend, stats, provenance FROM runs WHERE outcome = ?').run(outcome)
  expect(remove('crashed')).toThrow('immutable')
  record('completed')
  expect(remove('completed')).toThrow('immutable')
  record('crashed')
  remove('crashed')()
  expect(database.prepare('SELECT outcome FROM runs').pluck().all()).toEqual(['completed'])
  expect(() => database.exec('DELETE FROM crashes')).toThrow('immutable')
  expect(() => database.exec('UPDATE crashes SET seed = 1')).toThrow('immutable')
})
