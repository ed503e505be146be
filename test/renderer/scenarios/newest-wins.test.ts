import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { simulate } from '#shared/sim/simulate.ts'
import { resolveScenario } from '#shared/scenario/resolve.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { newestWins } from '../../../src-renderer/workers/newest-wins.ts'
import type { PreviewAnswer, PreviewRequest } from '../../../src-renderer/workers/preview-protocol.ts'
import { InProcessWorker } from './in-process-worker.ts'

const scenarioOf = (writes: number): Scenario => {
  const resolved = resolveScenario({ guest: { memory: '8 MiB' }, workload: { kind: 'uniform', writes, workingSet: '1 MiB' } })
  if (!resolved.ok) throw new Error(resolved.issues[0]?.message)
  return resolved.scenario
}

describe('the preview asks its worker', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const start = () => {
    const workers: InProcessWorker[] = []
    const asked = newestWins<PreviewRequest, PreviewAnswer>(() => {
      const worker = new InProcessWorker()
      workers.push(worker)
      return worker
    }, 'the preview')
    return { workers, asked }
  }

  it('and gets what the simulator says', async () => {
    const { workers, asked } = start()
    const answer = asked.ask({ scenario: scenarioOf(100), seed: 7, film: false })
    workers[0]?.answer()
    expect(await answer).toMatchObject({ ok: true, stats: { fingerprint: simulate(scenarioOf(100), 7).fingerprint } })
  })

  it('one thing at a time, and drops what was overtaken while it waited', async () => {
    const { workers, asked } = start()
    const first = asked.ask({ scenario: scenarioOf(1), seed: 1, film: false })
    const second = asked.ask({ scenario: scenarioOf(2), seed: 1, film: false })
    const third = asked.ask({ scenario: scenarioOf(3), seed: 1, film: false })
    expect(workers[0]?.requests).toHaveLength(1)
    expect(await second).toBeNull()
    workers[0]?.answer()
    expect(await first).toMatchObject({ ok: true })
    workers[0]?.answer()
    expect(await third).toMatchObject({ ok: true })
    expect(workers[0]?.requests.map(({ scenario }) => scenario.workload.writes)).toEqual([1, 3])
    expect(workers).toHaveLength(1)
  })

  it('and ends a worker that is busy for long with what nobody wants any more', async () => {
    const { workers, asked } = start()
    const stale = asked.ask({ scenario: scenarioOf(1), seed: 1, film: false })
    const wanted = asked.ask({ scenario: scenarioOf(2), seed: 1, film: false })
    vi.advanceTimersByTime(1000)
    expect(await stale).toBeNull()
    expect(workers[0]?.terminated).toBe(true)
    workers[1]?.answer()
    expect(await wanted).toMatchObject({ ok: true })
  })

  it('and lets a long simulation go on while nothing newer is asked', () => {
    const { workers, asked } = start()
    void asked.ask({ scenario: scenarioOf(1), seed: 1, film: false })
    vi.advanceTimersByTime(60_000)
    expect(workers[0]?.terminated).toBe(false)
  })

  it('and gives up on request', async () => {
    const { workers, asked } = start()
    const answer = asked.ask({ scenario: scenarioOf(1), seed: 1, film: false })
    asked.cancel()
    expect(await answer).toBeNull()
    expect(workers[0]?.terminated).toBe(true)
  })

  it('and goes on with another worker when one breaks', async () => {
    const { workers, asked } = start()
    const broken = asked.ask({ scenario: scenarioOf(1), seed: 1, film: false })
    workers[0]?.break('out of memory')
    expect(await broken).toMatchObject({ ok: false, message: 'the preview broke: out of memory' })
    const next = asked.ask({ scenario: scenarioOf(2), seed: 1, film: false })
    workers[1]?.answer()
    expect(await next).toMatchObject({ ok: true })
  })
})
