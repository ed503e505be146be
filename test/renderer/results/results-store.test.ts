// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest'
import { watch } from 'vue'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { useResults } from '../../../src-renderer/stores/results.ts'
import { type ResultsApp, settled, startResultsApp } from './results-app.ts'
import { manyRows, runRow } from './rows.ts'

const suiteText = 'godwit: 1\nname: Bandwidth\nbase:\n  preset: lab/hot-cold-1g\nvary:\n  - { field: link.bandwidth, values: [1 Gbit/s] }\n'
let app: ResultsApp
const ids = (): readonly string[] => useResults().filtered.map(({ runId }) => runId)

beforeEach(async () => {
  app = await startResultsApp({ rows: [runRow({ runId: 'a', downtimeMs: 100 }), runRow({ runId: 'b', downtimeMs: 400 })], suiteText })
  useResults().show(1)
  await settled()
})

describe('the store of results', () => {
  test('fetches the rows of a suite once, however often it is shown', async () => {
    useResults().show(1)
    await settled()
    expect([ids(), app.asked]).toEqual([['a', 'b'], [['runRows', 1]]])
  })

  test('takes up runs as they are finished, and replaces one that was made again', async () => {
    app.tell.runsFinished(1, [runRow({ runId: 'c' }), runRow({ runId: 'a', downtimeMs: 7 })])
    await settled()
    expect(useResults().rows.map(({ runId, downtimeMs }) => [runId, downtimeMs])).toEqual([['a', 7], ['b', 400], ['c', 250]])
  })

  test('keeps runs that are finished while the rows are on their way', async () => {
    app = await startResultsApp({ rows: [runRow({ runId: 'a' })] })
    useResults().show(1)
    app.tell.runsFinished(1, [runRow({ runId: 'early' })])
    await settled()
    expect(ids()).toEqual(['a', 'early'])
  })

  test('shows the first of many rows while the others are on their way', async () => {
    app = await startResultsApp({ rows: manyRows(1000) })
    const results = useResults()
    const seen: Array<readonly [number, boolean]> = []
    watch(() => results.current, (entry) => entry.state === 'ready' && seen.push([entry.rows.length, entry.isComplete]), { flush: 'sync' })
    results.show(1)
    await settled()
    expect(seen).toEqual([[400, false], [1000, true]])
  })

  test('applies notes that another window made', async () => {
    app.tell.notesChanged(['b'], { exclusion: 'the host was busy' })
    await settled()
    expect(useResults().rows.map(({ exclusion }) => exclusion)).toEqual([null, 'the host was busy'])
  })

  test('fetches again when crashed runs were given back', async () => {
    const [suite] = useResults().suites
    app.tell.suitesChanged(suite === undefined ? [] : [{ ...suite, finished: 1 }])
    await settled()
    expect(app.asked).toEqual([['runRows', 1], ['runRows', 1]])
  })

  test('filters, and keeps the last filter that could be read while another is typed', () => {
    useResults().filterText = 'downtimeMs > 300 ms'
    expect(ids()).toEqual(['b'])
    useResults().filterText = 'downtimeMs > 300 ms and ('
    expect([ids(), useResults().filter.ok]).toEqual([['b'], false])
  })

  test('filters by a field that the suite does not vary', async () => {
    useResults().filterText = 'workload.kind = hot-cold'
    await settled()
    expect(ids()).toEqual(['a', 'b'])
    useResults().filterText = 'workload.kind = zipf'
    expect(ids()).toEqual([])
  })

  test('says why rows could not be fetched, and tries again', async () => {
    app = await startResultsApp({ rows: [runRow()], refusal: { call: 'runRows', error: new GodwitError('store.locked', 'the store is in use') } })
    useResults().show(1)
    await settled()
    expect(useResults().current).toEqual({ state: 'error', problem: 'the store is in use' })
  })
})
