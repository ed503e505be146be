/** The suites after papers against what the papers published, through the command line and point by point. */

import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { compareToPublished } from '#shared/analysis/published.ts'
import { emptyStats } from '#shared/model/empty-stats.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { publishedFor } from '#shared/scenario/presets/published.ts'
import { suitePresets } from '#shared/scenario/presets/index.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { formatNumber } from '#shared/units/quantity.ts'
import { main } from '../../src-main/cli/main.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { planOf } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const provenance = { scenarioHash: '', programVersion: '', modelVersion: 0, node: '', os: '', host: '', backendVersion: '', startedAt: '', wallMs: 0 }

type Factors = RunRecord['factors']

/** The first repetition of those points of a suite that come with these factors. */
function runsOf(suite: string, wanted: (factors: Factors) => boolean): readonly RunRecord[] {
  const { points, runs } = planOf(suitePresets[suite]?.yaml ?? '')
  const seed = runs.find(({ repetition }) => repetition === 1)?.seed ?? 0
  return points
    .map((point, index) => ({ ...point, index }))
    .filter(({ factors }) => wanted(factors))
    .map(({ factors, scenario, index }) => ({ ...emptyStats, ...simulate(scenario, seed), runId: String(index), suite, point: index, factors, repetition: 1, seed, backend: 'sim', provenance }))
}

function heldAgainst(suite: string, wanted: (factors: Factors) => boolean) {
  const published = publishedFor(suitePresets[suite]?.yaml ?? '')
  if (published === undefined) throw new Error(`nothing is published for ${suite}`)
  return compareToPublished(published.figures, runsOf(suite, wanted)).map((row) => {
    const simulated = row.simulated.ok ? row.simulated.mean : Number.NaN
    process.stdout.write(`${suite}: ${row.figure.subject}, ${row.figure.quantity}: published ${row.figure.value}, simulated ${formatNumber(simulated)} ${row.figure.unit}\n`)
    return { ...row, mean: simulated }
  })
}

describe('against what was published', () => {
  test('three-stage copy takes 36.2 % less time and sends 22 % fewer pages than Xen, within 5 points', () => {
    const [time, pages] = heldAgainst('tsmc-2014', (factors) => factors['workload.writes'] === '12000 pages/s')
    expect(Math.abs((time?.mean ?? 0) + 36.2)).toBeLessThan(5)
    expect(Math.abs((pages?.mean ?? 0) + 22)).toBeLessThan(5)
    expect([time?.met, pages?.met]).toEqual([true, true])
  })

  test('network faults of multi-pivot bubbling stay within 21 % of the working set', () => {
    const rows = heldAgainst('hines-2009', (factors) => factors['preset'] === 'hines-2009/multi-pivot' && factors['guest.memory'] === '1024 MiB' && factors['balloon.kind'] === 'none')
    expect(rows).toHaveLength(4)
    for (const { mean, met } of rows) {
      expect(mean).toBeGreaterThan(0)
      expect(mean).toBeLessThan(21)
      expect(met).toBe(true)
    }
  })

  test('bubbling saves faults against a push by address, and the hybrid most of all', () => {
    const faults = new Map(
      runsOf('hines-2009', (factors) => factors['workload.name'] === 'read-intensive' && factors['guest.memory'] === '512 MiB' && factors['balloon.kind'] === 'none').map((run) => [run.factors['preset'], run.majorFaults]),
    )
    const of = (name: string): number => faults.get(`hines-2009/${name}`) ?? Number.NaN
    for (const bubbling of ['forward', 'dual', 'multi-pivot']) expect(of(bubbling)).toBeLessThan(of('active-push'))
    expect(of('active-push')).toBeLessThan(of('demand-paging'))
    expect(of('hybrid')).toBeLessThan(of('multi-pivot'))
  })

  test('preemption lowers the latency of a fault at least ten times under a saturated push', () => {
    const rows = heldAgainst('preempt', (factors) => factors['link.bandwidth'] === '1 Gbit/s')
    expect(rows.at(-1)?.mean).toBeGreaterThan(10)
    expect(rows.at(-1)?.met).toBe(true)
  })

  test('PPM leaves no more faults than the next pages, and far fewer on sort; where not, on sqlite, it is 3 % at most', () => {
    const runs = runsOf('cui-2020', (factors) => factors['strategy.prefetchPages'] === 8)
    for (const workload of ['sort', 'sqlite', 'zipf', 'sweep']) {
      const faults = (prefetch: string): number => runs.find(({ factors }) => factors['workload.name'] === workload && factors['strategy.prefetch'] === prefetch)?.majorFaults ?? Number.NaN
      process.stdout.write(`cui-2020: ${workload}: faults with ppm ${faults('ppm')}, next-k ${faults('next-k')}, stride ${faults('stride')}, none ${faults('none')}\n`)
      expect(faults('ppm'), workload).toBeLessThanOrEqual(faults('next-k') * (workload === 'sqlite' ? 1.03 : workload === 'sort' ? 0.6 : 1.01))
      expect(faults('next-k'), workload).toBeLessThan(faults('none'))
    }
  })
})

async function godwit(...args: readonly string[]): Promise<string> {
  let out = ''
  expect(await main([...args], { out: (text) => void (out += text), err: () => undefined, interactive: false })).toBe(0)
  return out
}

test('a shipped suite prints what was published beside what it simulated, and is the same on any number of workers', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder()
  const fingerprints: string[][] = []
  for (const workers of ['1', '2']) {
    const path = join(folder, `${workers}.sqlite`)
    const out = await godwit('run', 'tsmc-2014', '--store', path, '--workers', workers)
    expect(out).toContain('Published (Song, Liu, Yin and Gao 2014)')
    expect(out).toMatch(/total time +│ % +│ +-36\.2 │ verified │ +-3\d\.\d+ ± \S+ │ .*│ +± 5 │ met/)
    expect(out).toContain('A fit, not a prediction')
    expect(await godwit('results', '--store', path)).toContain('Promised of these figures: 2, all met.')
    const store = await openStore(path, { access: 'read' })
    onTestFinished(() => store.close())
    fingerprints.push((await store.runs({ suiteId: 1 })).map(({ fingerprint }) => fingerprint))
  }
  expect(fingerprints[0]).toHaveLength(120)
  expect(fingerprints[1]).toEqual(fingerprints[0])
})

test('a changed suite of the same name is not held against published figures', () => {
  const text = suitePresets['tsmc-2014']?.yaml ?? ''
  expect(publishedFor(text)?.source).toContain('2014')
  expect(publishedFor(text.replace('12000 pages/s', '12001 pages/s'))).toBeUndefined()
})
