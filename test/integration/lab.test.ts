/** The runner makes each run once, on any number of workers, and neither a crash nor an end in the middle costs a result. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { runSuite, type RunSuiteOptions } from '../../src-main/lab/run-suite.ts'
import type { Store } from '../../src-main/store/contract.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { planOf, smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

async function freshStore(): Promise<Store> {
  const store = await openStore(join(temporaryFolder(), 'lab.sqlite'))
  onTestFinished(() => store.close())
  return store
}

async function resultsOf(text: string, options: Partial<RunSuiteOptions> = {}) {
  const store = options.store ?? (await freshStore())
  const result = await runSuite(planOf(text), { text, workers: 2, ...options, store })
  return { store, result, runs: await store.runs({ suiteId: result.suiteId, timelines: true }) }
}

/** Guests whose number of processors tells the crashing worker what to do; 1 is a sound guest. */
function suiteOfGuests(vcpus: readonly number[], repeat = 2): string {
  return smallSuite({ points: 1, repeat }).replace(/vary:\n.*\n/, `vary:\n  - { field: guest.vcpus, values: [${vcpus.join(', ')}] }\n`)
}

const withCrashes = { workerUrl: pathToFileURL(join(import.meta.dirname, '../helpers/crashing-run-worker.ts')), memoryLimitMb: 64 }

const withoutProvenance = (run: RunRecord): unknown => ({ ...run, provenance: undefined })

test('results are equal on 1, 2 and 4 workers and in repeated runs', async () => {
  const text = smallSuite({ points: 4, repeat: 3 })
  const [one, two, four, again] = [
    await resultsOf(text, { workers: 1 }),
    await resultsOf(text, { workers: 2 }),
    await resultsOf(text, { workers: 4 }),
    await resultsOf(text, { workers: 4 }),
  ]
  expect(one.runs).toHaveLength(12)
  expect(new Set(one.runs.map(({ fingerprint }) => fingerprint)).size).toBeGreaterThan(1)
  for (const other of [two, four, again]) expect(other.runs.map(withoutProvenance)).toEqual(one.runs.map(withoutProvenance))
})

test('a run says where it comes from', async () => {
  const { runs } = await resultsOf(smallSuite({ points: 1, repeat: 1 }))
  expect(runs[0]?.provenance).toEqual({
    scenarioHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    programVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    modelVersion: expect.any(Number) as number,
    node: process.version,
    os: expect.stringContaining('Linux') as string,
    host: expect.stringMatching(/./) as string,
    backendVersion: expect.stringContaining('sim') as string,
    startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    wallMs: expect.any(Number) as number,
  })
})

test('a suite that was run already has nothing left to run', async () => {
  const text = smallSuite()
  const { store, result } = await resultsOf(text)
  expect(result).toMatchObject({ planned: 4, reused: 0, finished: 4, stopped: false })
  const again = await resultsOf(text, { store })
  expect(again.result).toEqual({ ...result, reused: 4, finished: 0 })
  expect(again.runs).toHaveLength(4)
})

test('a suite takes over the runs that another suite made', async () => {
  const { store, runs } = await resultsOf(smallSuite({ name: 'First', points: 2 }))
  const wider = await resultsOf(smallSuite({ name: 'Wider', points: 3 }), { store })
  expect(wider.result).toMatchObject({ planned: 6, reused: 4, finished: 2 })
  expect(wider.runs.map(({ suite }) => suite)).toEqual(Array(6).fill('Wider'))
  expect(new Set(wider.runs.map(({ runId }) => runId))).toEqual(new Set([...runs.map(({ runId }) => runId), ...wider.runs.slice(-2).map(({ runId }) => runId)]))
})

test('points with equal scenarios share their runs', async () => {
  const text = smallSuite({ points: 1 })
  const plan = planOf(text)
  const twins = {
    ...plan,
    points: [0, 1].flatMap((index) => plan.points.map((point) => ({ ...point, index }))),
    runs: [0, 1].flatMap((index) => plan.runs.map((run) => ({ ...run, point: { ...run.point, index } }))),
  }
  const store = await freshStore()
  const result = await runSuite(twins, { store, text })
  expect(result).toMatchObject({ planned: 2, finished: 2 })
  expect((await store.runs({ suiteId: result.suiteId })).map(({ point }) => point)).toEqual([0, 0, 1, 1])
})

test('each run is told once it is stored, and progress counts them', async () => {
  const store = await freshStore()
  const told: string[] = []
  const counts: number[] = []
  const { runs } = await resultsOf(smallSuite({ points: 3 }), {
    store,
    onRun: ({ runId }) => void told.push(runId),
    onProgress: ({ finished }) => void counts.push(finished),
  })
  expect([...told].sort()).toEqual(runs.map(({ runId }) => runId).sort())
  expect(counts).toEqual([0, 1, 2, 3, 4, 5, 6])
})

test.each([
  { what: 'throws', vcpus: 61, code: 'run.threw', says: 'the guest does not fit' },
  { what: 'ends its worker', vcpus: 62, code: 'run.worker-exited', says: 'exit status 7' },
  { what: 'eats all memory', vcpus: 63, code: 'run.out-of-memory', says: 'out of memory' },
  { what: 'gives a result that is no number', vcpus: 64, code: 'run.invalid-result', says: 'NaN for totalMs' },
])('a run that $what is a crashed run, and the suite goes on', async ({ vcpus, code, says }) => {
  const { result, runs } = await resultsOf(suiteOfGuests([1, vcpus, 2]), withCrashes)
  expect(result).toMatchObject({ planned: 6, finished: 6, crashed: 2, stopped: false })
  const outcomes = runs.map(({ outcome }) => outcome)
  expect(outcomes).toEqual(['completed', 'completed', 'crashed', 'crashed', 'completed', 'completed'])
  expect(runs[2]?.reason).toEqual({ code, message: expect.stringContaining(says) as string })
})

test('runs that wait behind one that ends its worker are made all the same', async () => {
  const text = suiteOfGuests([1, 2, 62, 3], 12)
  const { result, runs } = await resultsOf(text, { ...withCrashes, workers: 1 })
  expect(result).toMatchObject({ planned: 48, finished: 48, crashed: 12 })
  const sound = runs.filter(({ outcome }) => outcome !== 'crashed')
  const undisturbed = await resultsOf(suiteOfGuests([1, 2, 3], 12))
  expect(sound.map(({ fingerprint }) => fingerprint)).toEqual(undisturbed.runs.map(({ fingerprint }) => fingerprint))
})

test('a worker that cannot start ends the suite with a coded error and stores nothing', async () => {
  const store = await freshStore()
  const text = smallSuite()
  const workerUrl = pathToFileURL(join(temporaryFolder(), 'missing-worker.ts'))
  await expect(runSuite(planOf(text), { store, text, workerUrl })).rejects.toMatchObject({ code: 'lab.worker-start' })
  expect((await store.suites())[0]).toMatchObject({ planned: 4, finished: 0 })
})

test('a suite that is stopped keeps what it made, and continues to the same results', async () => {
  const text = smallSuite({ points: 5, repeat: 200 })
  const store = await freshStore()
  const controller = new AbortController()
  let stored = 0
  const stopped = await runSuite(planOf(text), {
    store,
    text,
    workers: 2,
    signal: controller.signal,
    onRun: () => {
      stored += 1
      if (stored === 10) controller.abort()
    },
  })
  expect(stopped.stopped).toBe(true)
  expect(stopped.finished).toBeGreaterThanOrEqual(10)
  expect(stopped.finished).toBeLessThan(1000)
  expect(await store.finishedRunIds(stopped.suiteId)).toHaveLength(stopped.finished)

  const continued = await resultsOf(text, { store })
  expect(continued.result).toMatchObject({ planned: 1000, reused: stopped.finished, finished: 1000 - stopped.finished, stopped: false })
  const undisturbed = await resultsOf(text)
  expect(continued.runs.map(withoutProvenance)).toEqual(undisturbed.runs.map(withoutProvenance))
})

test('a suite whose signal has fired already makes no run', async () => {
  const { result } = await resultsOf(smallSuite(), { signal: AbortSignal.abort() })
  expect(result).toMatchObject({ planned: 4, finished: 0, stopped: true })
})
