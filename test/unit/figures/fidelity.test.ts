import { describe, expect, it } from 'vitest'
import { fidelityOf } from '#shared/analysis/fidelity.ts'
import { chartOf } from '#shared/figures/chart-of.ts'
import { backendMarks, lightness } from '#shared/figures/palette.ts'
import { parseRecipe, recipeFields, type RecipeInput } from '#shared/figures/recipe.ts'
import type { ChartSpec } from '#shared/figures/spec.ts'
import { wholeRunsFor } from '#shared/figures/whole-runs.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { metricOf } from '#shared/model/metrics.ts'
import { figureTex } from '../../../src-main/export/pgf.ts'
import { renderFigure } from '../../../src-main/export/render-figure.ts'
import { recordsOfBoth } from '../../helpers/measured-runs.ts'

const suite = (bandwidths: string) => `
godwit: 1
name: Two links
base:
  guest: { memory: 16 MiB, deviceState: 64 KiB, nonPageable: 0 B, freeMemory: 0 B, pageCache: 0 B }
  workload: { kind: uniform, writes: 100 pages/s, reads: 0 pages/s, workingSet: 4 MiB }
  strategy: { kind: precopy, policy: qemu }
vary:
  - { field: link.bandwidth, values: [${bandwidths}] }
  - { field: workload.writes, values: [100 pages/s, 400 pages/s, 1600 pages/s] }
repeat: 3
seed: 7
`
/** Measured times are longer by 5 % a repetition; the last point was not measured. */
const runs = recordsOfBoth(suite('500 Mbit/s, 1 Gbit/s'), { remake: (stats, { point, repetition }) => (point.index === 5 ? null : { ...stats, totalMs: stats.totalMs * (1 + repetition / 20) }) })
const wide = recordsOfBoth(suite('20 Mbit/s, 10 Gbit/s'))
const recipe: RecipeInput = { kind: 'fidelity', metric: 'totalMs', series: 'link.bandwidth' }

function chart(given: RecipeInput = recipe, from: readonly RunRecord[] = runs, ground?: 'dark'): ChartSpec {
  return chartOf(parseRecipe(given), from, ground === undefined ? {} : { ground })
}

interface Datum {
  readonly x: number
  readonly xMin: number
  readonly xMax: number
  readonly y: number
  readonly yMin: number
  readonly yMax: number
}
const data = (spec: ChartSpec) => spec.config.data.datasets.flatMap((dataset) => dataset.data as unknown as readonly Datum[])
const scale = (spec: ChartSpec, axis: 'x' | 'y') => (spec.config.options?.scales as unknown as Readonly<Record<string, { readonly type: string; readonly min: number; readonly max: number; readonly title: { readonly text: string } }>>)[axis]

describe('simulated against measured', () => {
  it('is drawn as SVG, PDF and PNG, with the median error inside', async () => {
    const spec = chart()
    expect((await renderFigure(spec, { format: 'svg' })).toString()).toMatch(/median error \d+\.\d %/)
    expect((await renderFigure(spec, { format: 'pdf' })).subarray(0, 5).toString()).toBe('%PDF-')
    expect((await renderFigure(spec, { format: 'png', dpi: 72 })).subarray(1, 4).toString()).toBe('PNG')
  })

  it('has a mark for each point: the mean of what was measured on x, of what was simulated on y, each with its interval', () => {
    const fidelity = fidelityOf(runs, { measured: 'agents', metrics: [metricOf('totalMs')].flatMap((metric) => metric ?? []) })
    const errors = fidelity.points.map(({ errors: { totalMs } }) => totalMs)
    // Milliseconds are the unit of these times.
    expect(data(chart()).map(({ x, y }) => [x, y])).toEqual(errors.map((error) => [error?.measured.mean, error?.simulated.mean]))
    data(chart()).forEach(({ x, xMin, xMax, y, yMin, yMax }, index) => {
      expect([xMin, xMax]).toEqual([errors[index]?.measured.low, errors[index]?.measured.high])
      expect(xMax - x).toBeGreaterThan(yMax - y)
      expect(yMin).toBeLessThanOrEqual(y)
    })
  })

  it('has both axes in one range, so that the diagonal is where both are equal', () => {
    for (const from of [runs, wide]) {
      const spec = chart({ kind: 'fidelity', metric: 'totalMs' }, from)
      const [x, y] = [scale(spec, 'x'), scale(spec, 'y')]
      expect([x?.type, x?.min, x?.max]).toEqual([y?.type, y?.min, y?.max])
      for (const { xMin, xMax, yMin, yMax } of data(spec)) {
        expect(Math.min(xMin, yMin)).toBeGreaterThanOrEqual(x?.min ?? Number.NaN)
        expect(Math.max(xMax, yMax)).toBeLessThanOrEqual(x?.max ?? Number.NaN)
      }
    }
  })

  it('is logarithmic where the values span more than a linear axis shows, and no value is zero', () => {
    expect(scale(chart(), 'x')).toMatchObject({ type: 'linear', min: 0 })
    expect(scale(chart({ kind: 'fidelity', metric: 'totalMs' }, wide), 'x')).toMatchObject({ type: 'logarithmic' })
    const withZero = wide.map((run) => (run.point === 0 ? { ...run, totalMs: 0 } : run))
    expect(scale(chart({ kind: 'fidelity', metric: 'totalMs' }, withZero), 'x')).toMatchObject({ type: 'linear', min: 0 })
  })

  it('has its diagonal drawn from corner to corner of the plot', async () => {
    const svg = (await renderFigure(chart(), { format: 'svg' })).toString()
    // A dashed line comes out as one path with a piece for each dash.
    const dashes = [.../<path fill="#444" d="([^"]*)"/.exec(svg)?.[1]?.matchAll(/M([\d.]+) ([\d.]+)/g) ?? []].map((match) => [Number(match[1]), Number(match[2])] as const)
    // The lines of the axes are the only ones of this width.
    const [across = [], up = []] = [...svg.matchAll(/stroke-width="0\.6\d*"[^>]* d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/g)].map((match) => match.slice(1).map(Number))
    const [left, foot, right] = across
    const head = Math.min(up[1] ?? Number.NaN, up[3] ?? Number.NaN)
    const [first, last] = [dashes[0], dashes.at(-1)]
    expect(dashes.length).toBeGreaterThan(20)
    for (const [found, wanted] of [[first?.[0], left], [first?.[1], foot], [last?.[0], right], [last?.[1], head]]) expect(Math.abs((found ?? Number.NaN) - (wanted ?? Number.NaN))).toBeLessThan(6)
  })

  it('has the number of each point beside its mark', async () => {
    const svg = (await renderFigure(chart({ ...recipe, metric: 'transferredBytes' }), { format: 'svg' })).toString()
    const written = [...svg.matchAll(/<text [^>]*>([0-5])<\/text>/g)].map((match) => match[1])
    expect(written.length).toBeGreaterThanOrEqual(3)
  })

  it('tells what was measured by the mark of its backend', () => {
    const both = [...runs, ...recordsOfBoth(suite('500 Mbit/s, 1 Gbit/s'), { measured: 'qemu' }).filter(({ backend }) => backend === 'qemu')]
    const spec = chart({ kind: 'fidelity', metric: 'totalMs' }, both)
    const marks = spec.config.data.datasets.map((dataset) => [dataset.label, (dataset as { pointStyle?: unknown }).pointStyle])
    expect(marks).toEqual([['agents', backendMarks['agents']?.mark], ['qemu', backendMarks['qemu']?.mark]])
    expect(spec.caption).toMatch(/agents: median error \d.*qemu: median error \d/)
    expect(chart().config.data.datasets.map((dataset) => [(dataset as { pointStyle?: unknown }).pointStyle, (dataset as { pointBackgroundColor?: unknown }).pointBackgroundColor])).toEqual([['circle', '#0072B2'], ['circle', '#E69F00']])
  })

  it('has a row for each point in its data, with the error in percent', () => {
    const { columns, rows } = chart().table
    expect(columns).toEqual(['point', 'link.bandwidth', 'workload.writes', 'pairs', 'totalMs measured (ms)', 'totalMs measured 95 % low (ms)', 'totalMs measured 95 % high (ms)', 'totalMs simulated (ms)', 'totalMs simulated 95 % low (ms)', 'totalMs simulated 95 % high (ms)', 'totalMs difference (ms)', 'totalMs difference 95 % low (ms)', 'totalMs difference 95 % high (ms)', 'relative error (%)'])
    expect(rows.map(([point, bandwidth, , pairs]) => [point, bandwidth, pairs])).toEqual([[0, '500 Mbit/s', 3], [1, '500 Mbit/s', 3], [2, '500 Mbit/s', 3], [3, '1 Gbit/s', 3], [4, '1 Gbit/s', 3]])
    for (const row of rows) expect(Number(row.at(-1))).toBeCloseTo((100 * (Number(row[7]) - Number(row[4]))) / Number(row[4]), 9)
  })

  it('says n, interval, the errors and what was left out', () => {
    expect(chart().caption).toMatch(/^Total migration time \(m?s\), simulated against measured by agents, by link bandwidth: n = 5 points of 3 pairs, 95 % interval \(Student t\); median error \d+\.\d %, largest -\d+\.\d % at point \d; 1 point has no pair and is left out\.$/)
    const single = runs.filter(({ repetition }) => repetition === 1)
    expect(chart(recipe, single).caption).toContain('n = 5 points of 1 pair, no interval;')
  })

  it('has the runs of both sides behind its marks, which a filter finds', () => {
    const marks = chart().marks ?? []
    expect(marks.map((series) => series.length)).toEqual([3, 2])
    const [first] = marks.flat()
    expect(first?.filter).toBe('link.bandwidth = "500 Mbit/s" and workload.writes = "100 pages/s"')
    expect(new Set(first?.runIds)).toEqual(new Set(runs.filter(({ point }) => point === 0).map(({ runId }) => runId)))
  })

  it('stands out on a dark ground without a second set of meanings', () => {
    const dark = chart(recipe, runs, 'dark')
    expect(lightness(dark.config.options?.color as string)).toBeGreaterThan(80)
    expect(dark.table).toEqual(chart().table)
  })

  it('is written as PGF/TikZ with intervals in both directions and the diagonal', () => {
    const text = figureTex(chart())
    const { min, max } = scale(chart(), 'x') ?? { min: Number.NaN, max: Number.NaN }
    expect(text).toMatch(/\\addplot\[[^\]]*dashed[^\]]*\] coordinates \{\((\S+),\1\) \((\S+),\2\)\};/)
    expect(Number(/xmax=([\d.]+)/.exec(text)?.[1])).toBeCloseTo(max, 3)
    expect(Number(/ymax=([\d.]+)/.exec(text)?.[1])).toBeCloseTo(max, 3)
    expect(min).toBe(0)
    const rows = [...text.matchAll(/^ +(\S+) (\S+) (\S+) (\S+) (\S+) (\S+)$/gm)].map((match) => match.slice(1).map(Number)).filter(([x]) => !Number.isNaN(x))
    expect(rows).toHaveLength(5)
    data(chart()).forEach(({ x, xMax, y, yMin }, index) => {
      const [px = 0, py = 0, xPlus = 0, , , yMinus = 0] = rows[index] ?? []
      for (const [found, wanted] of [[px, x], [py, y], [px + xPlus, xMax], [py - yMinus, yMin]] as const) expect(found).toBeCloseTo(wanted, 2)
    })
    expect(figureTex(chart({ kind: 'fidelity', metric: 'totalMs' }, wide))).toMatch(/xmode=log[^]*ymode=log|ymode=log[^]*xmode=log/)
    // The diagonal and a series for each bandwidth end with a semicolon each.
    expect(text.replaceAll(/(?<!\\)%.*$/gm, '').match(/;/g)).toHaveLength(3)
  })

  it('is refused where only one backend made runs, or no point has both', () => {
    expect(() => chart(recipe, runs.filter(({ backend }) => backend === 'sim'))).toThrow(/made by sim only; write `backends: \[sim, agents\]` in the suite/)
    expect(() => chart(recipe, runs.filter(({ backend, point }) => (backend === 'sim') === (point === 0)))).toThrow(/No point was both simulated and measured/)
    expect(() => chart({ ...recipe, series: 'guest.memory' })).toThrow(/"guest.memory" was not varied/)
    expect(() => chart(recipe, [...runs, ...runs.map((run) => ({ ...run, suite: 'Other' }))])).toThrow(/several suites/)
  })

  it('asks for its own fields only, and needs no whole runs', () => {
    const names = recipeFields('fidelity').map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['metric', 'series', 'where', 'confidence', 'order']))
    for (const other of ['x', 'xMetric', 'baseline', 'bins', 'run', 'yScale']) expect(names).not.toContain(other)
    expect(wholeRunsFor(parseRecipe(recipe), runs)).toEqual([])
  })
})
