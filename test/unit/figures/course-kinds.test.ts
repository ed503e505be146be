import { describe, expect, it } from 'vitest'
import { chartOf } from '#shared/figures/chart-of.ts'
import { stepsOf } from '#shared/figures/course-of-run.ts'
import { type FigureKind, parseRecipe, type RecipeInput } from '#shared/figures/recipe.ts'
import type { ChartSpec } from '#shared/figures/spec.ts'
import { wholeRunsFor } from '#shared/figures/whole-runs.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { figureTex } from '../../../src-main/export/pgf.ts'
import { renderFigure } from '../../../src-main/export/render-figure.ts'
import { postcopyRun, runOf } from './runs.ts'

const precopied = runOf({}, { factors: { 'strategy.push': 'none' }, point: 0 })
const linear = postcopyRun('linear', {}, 1)
const bubbled = postcopyRun('multi-pivot', {}, 2)
const ballooned = postcopyRun('dual', { guest: { memory: '32 MiB', freeMemory: '6 MiB' }, balloon: { kind: 'static', size: '4 MiB' } }, 3)
const measured = runOf({ workload: { kind: 'uniform', workingSet: '8 MiB', writes: '2000 pages/s' }, wws: { duration: '8 s' } })

function chart(recipe: RecipeInput, runs: readonly RunRecord[]): ChartSpec {
  return chartOf(parseRecipe(recipe), runs)
}

const drawn: ReadonlyArray<readonly [FigureKind, readonly RunRecord[]]> = [
  ['fault-latency', [precopied, linear, bubbled]],
  ['faults', [precopied, bubbled]],
  ['service-level', [precopied, linear]],
  ['balloon', [linear, ballooned]],
  ['page-heat', [measured]],
]

describe.each(drawn)('%s', (kind, runs) => {
  const spec = chart({ kind }, runs)

  it('writes n and its units, and is drawn as SVG, PDF and PNG', async () => {
    expect(spec.caption).toMatch(/n = \d|of \d+ runs?|in \d+ runs?/)
    expect(spec.caption).toMatch(/\((ms|s|s, MiB)\)/)
    expect((await renderFigure(spec, { format: 'svg' })).toString()).toMatch(/<path|<rect/)
    expect((await renderFigure(spec, { format: 'pdf' })).subarray(0, 5).toString()).toBe('%PDF-')
    expect((await renderFigure(spec, { format: 'png', dpi: 72 })).subarray(1, 4).toString()).toBe('PNG')
  })

  it('has its numbers in a table whose rows are as wide as its head', () => {
    expect(spec.table.rows.length).toBeGreaterThan(0)
    for (const row of spec.table.rows) expect(row).toHaveLength(spec.table.columns.length)
  })

  it('asks for the whole of the runs that it draws', () => {
    const short = runs.map((run) => ({ ...run, iterations: [], timeline: { ...run.timeline, timeMs: [], faults: undefined as never, balloonBytes: undefined as never }, wws: null }))
    const ids = wholeRunsFor(parseRecipe({ kind }), short)
    expect(chart({ kind }, runs.filter(({ runId }) => ids.includes(runId))).table).toEqual(spec.table)
  })
})

describe('the latencies of faults', () => {
  it('rise to all faults of each run, and leave out runs that had none', () => {
    const { table } = chart({ kind: 'fault-latency' }, [precopied, linear, bubbled])
    for (const run of [linear, bubbled]) {
      const rows = table.rows.filter(([, id]) => id === run.runId)
      expect(rows.reduce((sum, row) => sum + Number(row[3]), 0)).toBe(run.timeline.faults?.histogram.faults.reduce((sum, faults) => sum + faults, 0))
      expect(rows.at(-1)?.[4]).toBeCloseTo(100, 9)
    }
    expect(table.rows.some(([, id]) => id === precopied.runId)).toBe(false)
    expect(() => chart({ kind: 'fault-latency' }, [precopied])).toThrow(/had page faults over the network/)
  })
})

describe('faults over the address space', () => {
  it('lie where and when the guest faulted, larger for a longer latency', () => {
    const spec = chart({ kind: 'faults' }, [bubbled])
    expect(spec.table.rows.map(([, page]) => page)).toEqual(expect.arrayContaining([...(bubbled.timeline.faults?.page ?? [])]))
    const radii = (spec.config.data.datasets[0] as unknown as { pointRadius: readonly number[] }).pointRadius
    expect([...radii].sort((one, other) => one - other)).toEqual(radii)
  })
})

describe('the service level', () => {
  it('keeps the work of the guest when samples are joined', () => {
    const { timeline } = linear
    const endSeconds = linear.totalMs / 1000
    const work = stepsOf(timeline, timeline.serviceLevel, endSeconds).reduce((sum, { x, y }, index, all) => (index % 2 === 0 ? sum + y * ((all[index + 1]?.x ?? x) - x) : sum), 0)
    const exact = timeline.timeMs.reduce((sum, timeMs, index) => sum + (timeline.serviceLevel[index] ?? 0) * ((timeline.timeMs[index + 1] ?? linear.totalMs) - timeMs), 0) / 1000
    expect(work).toBeCloseTo(exact, 6)
  })
})

describe('a balloon over time', () => {
  it('is as large as its scenario says, and refused where there is none', () => {
    const spec = chart({ kind: 'balloon' }, [linear, ballooned])
    for (const [, id, , mebibytes] of spec.table.rows) {
      expect(id).toBe(ballooned.runId)
      expect(mebibytes).toBeCloseTo(4, 9)
    }
    expect(() => chart({ kind: 'balloon' }, [linear])).toThrow(/has a balloon/)
  })
})

describe('writes over the address space', () => {
  it('lie in the working set, and sum to the size that the set had reached', () => {
    const heat = measured.wws?.heat ?? []
    const largest = Math.max(...(measured.wws?.samples.map(({ dirtyPages }) => dirtyPages) ?? []))
    expect(heat).toHaveLength(4)
    expect(Math.max(...heat.map((window) => window.reduce((sum, pages) => sum + pages, 0)))).toBe(largest)
    const parts = heat[0]?.length ?? 0
    for (const window of heat) expect(window.slice(parts / 4).every((pages) => pages === 0)).toBe(true)
    expect(() => chart({ kind: 'page-heat' }, [linear])).toThrow(/measured where its guest writes/)
  })
})

describe('as PGF/TikZ', () => {
  it.each(drawn.filter(([kind]) => kind !== 'page-heat'))('%s closes what it opens', (kind, runs) => {
    const text = figureTex(chart({ kind }, runs))
    expect(text.split('{').length).toBe(text.split('}').length)
    expect(text.match(/\\addplot/g)?.length).toBeGreaterThan(0)
    expect(text).not.toContain('nan')
  })
})
