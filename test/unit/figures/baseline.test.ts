import { describe, expect, it } from 'vitest'
import { pairedDelta } from '#shared/analysis/paired.ts'
import { chartOf } from '#shared/figures/chart-of.ts'
import { parseRecipe, type RecipeInput } from '#shared/figures/recipe.ts'
import { metricOf } from '#shared/model/metrics.ts'
import type { ChartSpec } from '#shared/figures/spec.ts'
import { figureTex } from '../../../src-main/export/pgf.ts'
import { gridOfRuns } from './runs.ts'

const runs = gridOfRuns()
const axes = { kind: 'lines', metric: 'downtimeMs', x: 'workload.writes', series: 'link.bandwidth' } as const
const chart = (recipe: RecipeInput): ChartSpec => chartOf(parseRecipe(recipe), runs)
const column = (spec: ChartSpec, name: string): readonly unknown[] => spec.table.rows.map((row) => row[spec.table.columns.findIndex((head) => head.startsWith(name))])

describe('a baseline in a recipe', () => {
  it('adds the paired difference from it to the data of each mean, and none to its own', () => {
    const spec = chart({ ...axes, baseline: '100 Mbit/s' })
    const metric = metricOf('downtimeMs')
    for (const [place, row] of spec.table.rows.entries()) {
      const [writes, bandwidth] = row
      const side = (wanted: unknown) => runs.filter(({ factors }) => factors['workload.writes'] === writes && factors['link.bandwidth'] === wanted).map((run) => ({ seed: run.seed, value: metric?.of(run) ?? Number.NaN }))
      const delta = pairedDelta(side('100 Mbit/s'), side(bandwidth))
      if (!delta.ok) throw new Error(delta.problem)
      const own = bandwidth === '100 Mbit/s'
      expect(column(spec, 'pairs')[place]).toBe(own ? null : 3)
      expect(column(spec, 'difference from 100 Mbit/s')[place]).toEqual(own ? null : delta.difference.mean)
      expect(column(spec, 'relative difference')[place]).toEqual(own ? null : (delta.relative?.mean ?? 0) * 100)
    }
    expect(spec.caption).toContain('differences from 100 Mbit/s are paired by seed')
  })

  it('compares places on the x axis where there are no series', () => {
    const [first] = runs
    const spec = chart({ kind: 'bars', metric: 'totalMs', x: 'workload.writes', where: { 'link.bandwidth': '100 Mbit/s' }, baseline: String(first?.factors['workload.writes']) })
    expect(column(spec, 'pairs').filter((pairs) => pairs === null)).toHaveLength(1)
    expect(column(spec, 'pairs').filter((pairs) => pairs === 3)).toHaveLength(spec.table.rows.length - 1)
  })

  it('is refused where no run has it, with the values that there are', () => {
    expect(() => chart({ ...axes, baseline: '2 Gbit/s' })).toThrow('The baseline "2 Gbit/s" is no value of link.bandwidth; the completed runs have 100 Mbit/s, 400 Mbit/s')
  })

  it('changes nothing that is drawn', () => {
    const [without, withOne] = [chart(axes), chart({ ...axes, baseline: '100 Mbit/s' })].map(({ config }) => JSON.stringify(config))
    expect(withOne).toBe(without)
  })
})

describe('the legend', () => {
  it('says what the names of the series are values of, on the screen and in PGF', () => {
    const spec = chart(axes)
    expect(spec.config.options?.plugins?.legend?.title).toMatchObject({ display: true, text: 'Link bandwidth' })
    expect(figureTex(spec)).toContain('\\addlegendentry{Link bandwidth:}')
  })
})
