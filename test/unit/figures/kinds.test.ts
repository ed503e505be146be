import { describe, expect, it } from 'vitest'
import { chartOf } from '#shared/figures/chart-of.ts'
import { lightness } from '#shared/figures/palette.ts'
import { figureKinds, type FigureKind, parseRecipe, recipeFields, type RecipeInput } from '#shared/figures/recipe.ts'
import type { ChartSpec } from '#shared/figures/spec.ts'
import { wholeRunsFor } from '#shared/figures/whole-runs.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { renderFigure } from '../../../src-main/export/render-figure.ts'
import { bandwidths, gridOfRuns, runOf, writeRates } from './runs.ts'

const grid = gridOfRuns()
const axes = { x: 'workload.writes', series: 'link.bandwidth' } as const
const groups = bandwidths.length * writeRates.length

function chart(recipe: RecipeInput, runs: readonly RunRecord[] = grid): ChartSpec {
  return chartOf(parseRecipe(recipe), runs)
}

const ofGrid: ReadonlyArray<readonly [FigureKind, RecipeInput]> = [
  ['bars', { kind: 'bars', ...axes }],
  ['lines', { kind: 'lines', ...axes }],
  ['band', { kind: 'band', ...axes }],
  ['box', { kind: 'box', ...axes }],
  ['scatter', { kind: 'scatter', series: 'link.bandwidth' }],
  ['histogram', { kind: 'histogram', series: 'link.bandwidth' }],
  ['cdf', { kind: 'cdf', series: 'link.bandwidth' }],
  ['heat-map', { kind: 'heat-map', ...axes }],
  ['pareto', { kind: 'pareto', series: 'link.bandwidth' }],
  ['phase-stack', { kind: 'phase-stack', ...axes }],
  ['downtime-breakdown', { kind: 'downtime-breakdown', ...axes }],
  ['timelines', { kind: 'timelines', where: { 'link.bandwidth': '100 Mbit/s' } }],
]

describe.each(ofGrid)('%s', (_, recipe) => {
  const spec = chart(recipe)

  it('writes n and a unit, and is drawn as SVG, PDF and PNG', async () => {
    expect(spec.caption).toMatch(/n = \d|of \d+ runs/)
    expect(spec.caption).toMatch(/\((ms|s|Mbit\/s)\)/)
    expect((await renderFigure(spec, { format: 'svg' })).toString()).toMatch(/<path|<rect/)
    expect((await renderFigure(spec, { format: 'pdf' })).subarray(0, 5).toString()).toBe('%PDF-')
    expect((await renderFigure(spec, { format: 'png', dpi: 72 })).subarray(1, 4).toString()).toBe('PNG')
  })

  it('has runs behind its marks that a filter finds', () => {
    const marks = (spec.marks ?? []).flat().filter(({ runIds }) => runIds.length > 0)
    expect(marks.length).toBeGreaterThan(0)
    for (const { runIds, filter } of marks) {
      expect(filter).not.toBe('')
      for (const id of runIds) expect(grid.some((run) => run.runId === id)).toBe(true)
    }
    expect(spec.marks).toHaveLength(spec.config.data.datasets.length)
    spec.config.data.datasets.forEach((dataset, index) => expect(spec.marks?.[index]).toHaveLength(dataset.data.length))
  })

  it('stands out on a dark ground without a second set of meanings', () => {
    const dark = chartOf(parseRecipe(recipe), grid, { ground: 'dark' })
    expect(lightness(dark.config.options?.color as string)).toBeGreaterThan(80)
    expect(dark.table).toEqual(spec.table)
  })
})

describe('a box', () => {
  it('shows the quartiles of its table', () => {
    const spec = chart({ kind: 'box', metric: 'downtimeMs', ...axes })
    expect(spec.table.rows).toHaveLength(groups)
    const datum = spec.config.data.datasets[0]?.data[0] as unknown as { median: number; q1: number }
    expect([datum.q1, datum.median]).toEqual(spec.table.rows[0]?.slice(4, 6))
  })
})

describe('a histogram and a distribution', () => {
  it('count each run once', () => {
    const rows = chart({ kind: 'histogram', series: 'link.bandwidth' }).table.rows
    expect(rows.reduce((sum, row) => sum + Number(row[2]) + Number(row[3]), 0)).toBe(grid.length)
    const steps = chart({ kind: 'cdf', series: 'link.bandwidth' }).table.rows
    expect(steps).toHaveLength(grid.length)
    expect(steps.at(-1)?.at(-1)).toBe(100)
  })

  it('say over what they were taken together', () => {
    expect(chart({ kind: 'cdf', series: 'link.bandwidth' }).caption).toContain('taken together over workload.writes')
  })
})

describe('a heat map', () => {
  it('has a cell for each pair of values, darker for more', () => {
    const spec = chart({ kind: 'heat-map', ...axes })
    const [dataset] = spec.config.data.datasets
    const fills = dataset?.backgroundColor as unknown as readonly string[]
    const means = spec.table.rows.map((row) => Number(row[3]))
    expect(fills).toHaveLength(groups)
    const byMean = fills.map((fill, index) => ({ light: lightness(fill), mean: means[index] ?? 0 })).toSorted((one, other) => one.mean - other.mean)
    byMean.slice(1).forEach(({ light }, index) => expect(light).toBeLessThanOrEqual(byMean[index]?.light ?? 0))
  })

  it('is refused with fewer than two factors', () => {
    expect(() => chart({ kind: 'heat-map' }, [runOf({}, { factors: { 'link.bandwidth': '1 Gbit/s' } })])).toThrow(/needs two factors/)
  })
})

describe('a Pareto front', () => {
  it('has a point for each setting and marks those that no other beats', () => {
    const spec = chart({ kind: 'pareto', series: 'link.bandwidth' })
    const onFront = spec.table.rows.filter((row) => row.at(-1) === true)
    expect(spec.table.rows).toHaveLength(groups)
    expect(onFront.length).toBeGreaterThan(0)
    expect(spec.caption).toContain(`${onFront.length} that no other setting beats`)
  })
})

describe('stacked parts', () => {
  it('sum to the total time and to the downtime', () => {
    for (const kind of ['phase-stack', 'downtime-breakdown'] as const) {
      const spec = chart({ kind, ...axes })
      const parts = kind === 'phase-stack' ? 3 : 5
      for (const row of spec.table.rows) expect(row.slice(3, 3 + parts).reduce<number>((sum, part) => sum + Number(part), 0)).toBeCloseTo(Number(row[3 + parts]), 6)
    }
  })
})

describe('timelines', () => {
  it('show the runs that are named, else the first of each point', () => {
    const first = chart({ kind: 'timelines', where: { 'link.bandwidth': '100 Mbit/s' } })
    expect(first.config.data.datasets.map(({ label }) => label)).toEqual([...writeRates])
    const two = [grid[0]?.runId ?? '', grid[1]?.runId ?? '']
    expect(chart({ kind: 'timelines', runs: two }).config.data.datasets.map(({ label }) => label)).toEqual(['repetition 1', 'repetition 2'])
    expect(() => chart({ kind: 'timelines', runs: ['nope'] })).toThrow(/begins with "nope"/)
  })
})

describe('a recipe', () => {
  it('takes a list of values under "where"', () => {
    const spec = chart({ kind: 'lines', ...axes, where: { 'workload.writes': ['500 pages/s', '2000 pages/s'] } })
    expect(spec.table.rows.map(([writes]) => writes)).toEqual(['500 pages/s', '2000 pages/s', '500 pages/s', '2000 pages/s'])
  })

  it('orders the series as asked', () => {
    const labels = (order: 'rising' | 'falling'): unknown => chart({ kind: 'bars', ...axes, order }).config.data.datasets.map(({ label }) => label)
    expect(labels('falling')).toEqual([...bandwidths].reverse())
    expect(labels('rising')).toEqual([...bandwidths])
  })

  it('tells an editor of each field what it means, and only the fields that the kind reads', () => {
    for (const kind of Object.keys(figureKinds) as FigureKind[]) {
      const fields = recipeFields(kind)
      for (const { meaning, label } of fields) expect([meaning, label].every((text) => text.length > 0)).toBe(true)
      expect(fields.some(({ name }) => name === 'bins')).toBe(kind === 'histogram')
    }
  })

  it('is as wide as the column of a publisher', () => {
    expect(chart({ kind: 'bars', ...axes, column: 'lncs' }).widthCm).toBe(12.2)
  })

  it('names the runs that rows are not enough for', () => {
    expect(wholeRunsFor(parseRecipe({ kind: 'lines', ...axes }), grid)).toEqual([])
    const short = grid.map((run) => ({ ...run, iterations: [] }))
    const [id = ''] = wholeRunsFor(parseRecipe({ kind: 'iteration-timeline', point: 3 }), short)
    expect(chart({ kind: 'iteration-timeline', point: 3 }).caption).toBe(chart({ kind: 'iteration-timeline', run: id }).caption)
  })
})
