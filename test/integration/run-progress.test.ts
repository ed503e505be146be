/** A run that takes a while is followed as it goes, in real worker threads, and nobody's looking changes its result. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import type { RunAtWork } from '../../src-main/lab/drive-runs.ts'
import { sharedCounter, type SharedAttention, type WorkerData, type WorkerReport } from '../../src-main/lab/run-messages.ts'
import { runSuite, type RunSuiteOptions } from '../../src-main/lab/run-suite.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { servicesForTest } from '../helpers/services.ts'
import { longRuns, planOf, smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'
import { listeningWindow } from '../helpers/window.ts'

const lab = join(import.meta.dirname, '../../src-main/lab')
const crashing = pathToFileURL(join(import.meta.dirname, '../helpers/crashing-run-worker.ts'))
/** The progress of a run is told from this wall time on. */
const leastWallMs = 150

interface Followed {
  readonly told: ReadonlyArray<RunAtWork | null>
  readonly runs: readonly RunRecord[]
}

/** Makes the runs of a suite with so many who look on. */
async function follow(text: string, watching: number, options: Partial<RunSuiteOptions> = {}): Promise<Followed> {
  const store = await openStore(join(temporaryFolder(), 'lab.sqlite'))
  onTestFinished(() => store.close())
  const watchers = sharedCounter()
  Atomics.store(watchers, 0, watching)
  const told: Array<RunAtWork | null> = []
  const { suiteId } = await runSuite(planOf(text), { text, workers: 1, watch: { watchers, onRunning: (running) => void told.push(running) }, ...options, store })
  return { told, runs: await store.runs({ suiteId, timelines: true }) }
}

const shownIn = (told: Followed['told']): readonly RunAtWork[] => told.filter((running) => running !== null)
const withoutProvenance = (run: RunRecord): unknown => ({ ...run, provenance: undefined })

test('a long run is told with growing series, and told to be over when it is', async () => {
  const { told, runs } = await follow(longRuns(), 1)
  const shown = shownIn(told)
  expect(shown.length).toBeGreaterThan(2)
  expect(told.at(-1)).toBeNull()
  expect(told.filter((running) => running === null)).toHaveLength(1)
  const elapsed = shown.map(({ progress }) => progress.elapsedMs)
  expect(elapsed).toEqual([...new Set(elapsed)].sort((one, other) => one - other))
  const [first, last] = [shown[0], shown.at(-1)]
  expect(last?.progress.iterations.length).toBeGreaterThan(first?.progress.iterations.length ?? Infinity)
  expect(last?.progress.transferredBytes).toBeGreaterThan(first?.progress.transferredBytes ?? Infinity)
  for (const { run, progress, others } of shown) {
    const { timeline, iterations } = progress
    expect([run.runId, run.repetition, others]).toEqual([runs[0]?.runId, runs[0]?.repetition, 0])
    expect(iterations).toEqual(runs[0]?.iterations.slice(0, iterations.length))
    for (const column of [timeline.transferBitsPerSecond, timeline.dirtyPagesPerSecond, timeline.remainingBytes, timeline.serviceLevel]) expect(column).toHaveLength(timeline.timeMs.length)
    expect(timeline.phases.at(-1)?.endMs).toBeCloseTo(progress.elapsedMs, 6)
  }
  expect(last?.progress.timeline.timeMs.length).toBeGreaterThan(100)
  expect(last?.progress.timeline.timeMs.at(-1)).toBeGreaterThan(first?.progress.timeline.timeMs.at(-1) ?? Infinity)
  expect(first?.progress.totalBytes).toBe(16 * 2 ** 30)
})

test('results are equal to the last bit whether somebody looks on, nobody does, or nobody can', async () => {
  const text = longRuns({ iterations: 4, repeat: 2 })
  const [watched, unwatched, alone] = [await follow(text, 1, { workers: 2 }), await follow(text, 0, { workers: 2 }), await follow(text, 0, { watch: undefined })]
  expect(shownIn(watched.told).length).toBeGreaterThan(0)
  expect(unwatched.told).toEqual([])
  expect(watched.runs.map(withoutProvenance)).toEqual(alone.runs.map(withoutProvenance))
  expect(unwatched.runs.map(withoutProvenance)).toEqual(alone.runs.map(withoutProvenance))
})

test('of several runs at work the one that began first is told, with the number of the others', async () => {
  const { told, runs } = await follow(longRuns({ iterations: 5, repeat: 4 }), 1, { workers: 2 })
  const ids = shownIn(told).map(({ run }) => run.runId)
  const turns = ids.filter((runId, index) => runId !== ids[index - 1])
  // Each is told in one piece: it stays the one to be shown until it ends.
  expect(turns).toHaveLength(new Set(ids).size)
  const others = new Set(shownIn(told).map((running) => running.others))
  expect([...others].filter((count) => count !== 0)).toEqual([1])
  const beginOf = (runId: string): string => runs.find((run) => run.runId === runId)?.provenance.startedAt ?? ''
  expect(turns.map(beginOf)).toEqual(turns.map(beginOf).sort())
})

test('runs that are soon over are not told', async () => {
  const { told, runs } = await follow(smallSuite({ points: 5, repeat: 40 }), 1, { workers: 2 })
  const long = new Set(runs.filter(({ provenance }) => provenance.wallMs >= leastWallMs).map(({ runId }) => runId))
  expect(long.size).toBeLessThan(runs.length / 2)
  expect(shownIn(told).filter(({ run }) => !long.has(run.runId))).toEqual([])
})

test('a run whose worker dies while it is told is over, and the others are told after it', async () => {
  const text = longRuns().replace(/- \{ field: link.latency.*\n/, '- { field: guest.vcpus, values: [65, 8] }\n')
  const { told, runs } = await follow(text, 1, { workerUrl: crashing })
  expect(runs.map(({ outcome }) => outcome)).toEqual(['crashed', 'completed'])
  const over = told.indexOf(null)
  expect(over).toBeGreaterThan(0)
  expect(new Set(shownIn(told.slice(0, over)).map(({ run }) => run.runId))).toEqual(new Set([runs[0]?.runId]))
  expect(new Set(shownIn(told.slice(over)).map(({ run }) => run.runId))).toEqual(new Set([runs[1]?.runId]))
  expect(told.at(-1)).toBeNull()
})

/** What a worker reports of one long run. */
async function reportsOf(attention: SharedAttention | undefined): Promise<readonly WorkerReport['kind'][]> {
  const worker = new Worker(join(lab, 'run-worker.ts'), attention === undefined ? {} : { workerData: { attention } satisfies WorkerData })
  onTestFinished(async () => void (await worker.terminate()))
  const [run] = planOf(longRuns({ iterations: 4 })).runs
  const kinds: WorkerReport['kind'][] = []
  await new Promise<void>((resolve, reject) => {
    worker.on('error', reject)
    worker.on('message', (report: WorkerReport) => {
      kinds.push(report.kind)
      if (report.kind === 'ready') worker.postMessage({ runId: run?.runId, scenario: run?.point.scenario, seed: run?.seed })
      if (report.kind === 'finished') resolve()
    })
  })
  return kinds
}

test('a worker that shares no counters, as on the command line, reports results only', async () => {
  expect(await reportsOf(undefined)).toEqual(['ready', 'finished'])
  const [watchers, isShown] = [sharedCounter(), sharedCounter()]
  for (const counter of [watchers, isShown]) Atomics.store(counter, 0, 1)
  expect(await reportsOf({ watchers, isShown })).toContain('progress')
})

test('windows are told of the run with its suite and factors, and that it is over', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const { suiteId } = await services.calls.startRuns({ text: longRuns({ name: 'Large guest' }), fileName: 'suite.yaml' })
  await window.until(() => window.entry(suiteId)?.state === 'finished')
  const [row] = await services.calls.runRows(suiteId)
  const { runId, suite, point, factors, repetition, seed, backend } = row ?? {}
  expect(window.running[0]).toEqual([suiteId, expect.objectContaining({ runId, suite, point, factors, repetition, seed, backend, others: 0, pageBytes: 4096 })])
  expect(window.running.at(-1)).toEqual([suiteId, null])
})

test('a suite that is cancelled while its run is told leaves none behind', async () => {
  const services = await servicesForTest()
  const window = listeningWindow(services)
  const { suiteId } = await services.calls.startRuns({ text: longRuns({ iterations: 150 }), fileName: 'suite.yaml' })
  await window.until(() => window.running.length >= 2)
  await services.calls.cancelRuns(suiteId)
  await window.until(() => window.running.at(-1)?.[1] === null)
  const counted = window.counts.runProgress
  const next = await services.calls.startRuns({ text: smallSuite(), fileName: 'next.yaml' })
  await window.until(() => window.entry(next.suiteId)?.state === 'finished')
  expect(window.running.slice(counted).filter(([id]) => id === suiteId)).toEqual([])
  expect(await services.calls.runRows(suiteId)).toEqual([])
})

test('a window that opens in the middle of a run sees it, and after the last has left nothing is reported', async () => {
  const services = await servicesForTest()
  const { suiteId } = await services.calls.startRuns({ text: longRuns({ iterations: 30 }), fileName: 'suite.yaml' })
  const late = listeningWindow(services)
  await late.until(() => late.running.length >= 2)
  late.leave()
  const told = late.running.length
  const again = listeningWindow(services)
  await again.until(() => again.running.length >= 1)
  const [, seen] = again.running[0] ?? []
  expect(seen?.elapsedMs).toBeGreaterThan(late.running.at(-1)?.[1]?.elapsedMs ?? Infinity)
  expect(late.running).toHaveLength(told)
  await services.calls.cancelRuns(suiteId)
})
