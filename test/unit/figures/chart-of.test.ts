import { describe, expect, it } from 'vitest'
import { chartOf } from '#shared/figures/chart-of.ts'
import { rateBars } from '#shared/figures/iteration-timeline.ts'
import { parseRecipe, type RecipeInput } from '#shared/figures/recipe.ts'
import type { ChartSpec } from '#shared/figures/spec.ts'
import { windowSizes } from '#shared/figures/wws.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { bandwidths, gridOfRuns, runOf, writeRates } from './runs.ts'

const grid = gridOfRuns()

function chart(recipe: RecipeInput, runs: readonly RunRecord[] = grid): ChartSpec {
  return chartOf(parseRecipe(recipe), runs)
}

function faultOf(recipe: RecipeInput, runs: readonly RunRecord[] = grid): string {
  try {
    chart(recipe, runs)
  } catch (error) {
    if (error instanceof GodwitError) return `${error.code}: ${error.message}`
    throw error
  }
  return ''
}

function scaleOf(spec: ChartSpec, name: string): unknown {
  return spec.config.options?.scales?.[name]
}

describe('bars', () => {
  const spec = chart({ kind: 'bars', metric: 'downtimeMs', x: 'workload.writes', series: 'link.bandwidth' })

  it('have a row of the table for each bar, with mean, interval and n', () => {
    expect(spec.table.rows).toHaveLength(bandwidths.length * writeRates.length)
    const [writes, bandwidth, n, mean, low, high] = spec.table.rows[0] ?? []
    const values = grid.filter((run) => run.point === 0).map((run) => run.downtimeMs)
    const expected = values.reduce((sum, value) => sum + value, 0) / values.length
    expect([writes, bandwidth, n]).toEqual(['500 pages/s', '100 Mbit/s', 3])
    const scale = spec.table.columns[3]?.includes('(s)') === true ? 1000 : 1
    expect(Number(mean) * scale).toBeCloseTo(expected, 6)
    expect(Number(low)).toBeLessThanOrEqual(Number(mean))
    expect(Number(high)).toBeGreaterThanOrEqual(Number(mean))
  })

  it('begin at zero, and name metric, unit, n and interval', () => {
    expect(scaleOf(spec, 'y')).toMatchObject({ min: 0, title: { text: expect.stringMatching(/^Downtime \((ms|s)\)$/) as string } })
    expect(spec.caption).toMatch(/n = 3, 95 % interval \(Student t\)/)
    expect(spec.config.options?.plugins?.subtitle).toMatchObject({ text: 'mean, n = 3, 95 % interval' })
  })

  it('put numeric series and categories in rising order, whatever the order of the runs', () => {
    const turned = chart({ kind: 'bars', x: 'workload.writes', series: 'link.bandwidth' }, grid.toReversed())
    expect(turned.config.data.datasets.map((dataset) => dataset.label)).toEqual([...bandwidths])
    expect(turned.config.data.labels).toEqual(['500', '2000', '8000', '32000'])
  })

  it('leave runs that did not complete out and say so', () => {
    const runs = grid.map((run) => (run.point === 0 && run.repetition > 1 ? { ...run, outcome: 'failed' as const } : run))
    const partial = chart({ kind: 'bars', x: 'workload.writes', series: 'link.bandwidth' }, runs)
    expect(partial.table.rows[0]?.slice(2)).toEqual([1, expect.any(Number), null, null, 0])
    expect(partial.caption).toContain('2 of 24 runs did not complete (2 failed) and are left out')
    expect(partial.caption).toContain('n = 1 to 3')
  })

  it('split by backend without being asked where there are several', () => {
    const runs = [runOf({}), runOf({}, { backend: 'agents' })]
    const spec = chart({ kind: 'bars', x: 'suite' }, runs)
    expect(spec.config.data.datasets.map((dataset) => dataset.label)).toEqual(['sim', 'agents'])
  })

  it('leave out what all preset names begin with', () => {
    const runs = ['clark-2005/quake3', 'clark-2005/diabolical'].map((preset, point) => runOf({}, { factors: { preset }, point }))
    expect(chart({ kind: 'bars' }, runs).config.data.labels).toEqual(['quake3', 'diabolical'])
  })
})

describe('lines', () => {
  it('use a logarithmic axis for values over more than one and a half decades, and a linear one below', () => {
    const far = chart({ kind: 'lines', x: 'workload.writes', series: 'link.bandwidth' })
    const near = chart({ kind: 'lines', x: 'link.bandwidth', series: 'workload.writes' })
    expect(scaleOf(far, 'x')).toMatchObject({ type: 'logarithmic', title: { text: 'Workload writes (pages/s)' } })
    expect(scaleOf(near, 'x')).toMatchObject({ type: 'linear', title: { text: 'Link bandwidth (Mbit/s)' } })
  })

  it('have a point for each mean, at the factor in the unit of the axis', () => {
    const spec = chart({ kind: 'lines', x: 'link.bandwidth', where: { 'workload.writes': '2000 pages/s' } })
    expect(spec.config.data.datasets).toHaveLength(1)
    expect(spec.config.data.datasets[0]?.data.map((point) => (point as { x: number }).x)).toEqual([100, 400])
  })

  it('refuse a factor that is not a number', () => {
    const runs = ['precopy', 'cold'].map((kind, point) => runOf({}, { factors: { 'strategy.kind': kind }, point }))
    expect(faultOf({ kind: 'lines' }, runs)).toMatch(/^figure\.factor: .*numeric factor.*precopy, cold.*bars/)
  })

  it('refuse a logarithmic axis where an interval reaches zero', () => {
    const runs = [1, 400].map((downtimeMs, index) => ({ ...runOf({}, { repetition: index + 1, factors: { 'link.bandwidth': '1 Gbit/s' } }), downtimeMs }))
    expect(faultOf({ kind: 'lines', x: 'link.bandwidth', metric: 'downtimeMs', yScale: 'log' }, runs)).toMatch(/^figure\.scale: /)
  })
})

describe('a figure that the runs cannot give', () => {
  it.each<[string, RecipeInput, RegExp]>([
    ['an unknown metric', { kind: 'bars', metric: 'downtimMs' }, /^figure\.metric: .*did you mean "downtimeMs"/],
    ['an x that was not varied', { kind: 'bars', x: 'link.bandwith' }, /^figure\.factor: x: "link\.bandwith" was not varied.*varied are link\.bandwidth, workload\.writes; did you mean "link\.bandwidth"/],
    ['no x among several factors', { kind: 'bars' }, /^figure\.factor: x is not given.*link\.bandwidth, workload\.writes/],
    ['a factor that would be mixed', { kind: 'bars', x: 'link.bandwidth' }, /^figure\.mixed: "workload\.writes" varies as well/],
    ['a value that does not occur', { kind: 'bars', x: 'link.bandwidth', where: { 'workload.writes': '1 pages/s' } }, /^figure\.no-runs: .*workload\.writes is never 1 pages\/s; its values are 500 pages\/s/],
    ['a point that does not exist', { kind: 'iteration-timeline', point: 99 }, /^figure\.no-runs: .*no point 99; the last is 7/],
    ['a run that does not exist', { kind: 'iteration-timeline', run: 'nope' }, /^figure\.no-runs: .*begins with "nope"/],
    ['no measured working set', { kind: 'wws' }, /^figure\.no-runs: .*"wws" section/],
  ])('%s is named in the error', (_, recipe, message) => {
    expect(faultOf(recipe)).toMatch(message)
  })

  it('has no runs at all', () => {
    expect(faultOf({ kind: 'bars' }, [])).toMatch(/^figure\.no-runs: There are no runs/)
  })

  it('has only runs that did not complete', () => {
    expect(faultOf({ kind: 'bars', x: 'suite' }, [{ ...runOf({}), outcome: 'lost' }])).toMatch(/^figure\.no-runs: .*1 lost/)
  })

  it('mixes suites', () => {
    const runs = [runOf({}, { suite: 'one' }), runOf({}, { suite: 'two' })]
    expect(faultOf({ kind: 'bars', x: 'backend' }, runs)).toMatch(/^figure\.suites: .*one, two/)
  })

  it('has more series than can be told apart', () => {
    const runs = Array.from({ length: 7 }, (_, point) => runOf({}, { point, factors: { 'strategy.stop.iterations': point } }))
    expect(faultOf({ kind: 'bars', x: 'backend', series: 'strategy.stop.iterations' }, runs)).toMatch(/^figure\.series: 7 series/)
  })
})

describe('the iteration timeline', () => {
  const run = runOf({})

  it('has a bar for each iteration whose area is the amount sent', () => {
    const bars = rateBars(run)
    expect(bars).toHaveLength(run.iterations.length)
    for (const [index, bar] of bars.entries()) {
      const area = (bar.endSeconds - bar.startSeconds) * bar.megabits
      expect(area / 8).toBeCloseTo((run.iterations[index]?.bytes ?? 0) / 1e6, 6)
    }
  })

  it('counts dirtying in pages of the size that was sent', () => {
    const large = runOf({ guest: { memory: '64 MiB', pageSize: '16 KiB' } })
    expect(rateBars(large)[0]?.dirtyingMegabits).toBeCloseTo(((large.iterations[0]?.dirtyPagesPerSecond ?? 0) * 16384 * 8) / 1e6, 6)
    expect(rateBars(run)[0]?.dirtyingMegabits).toBeCloseTo(((run.iterations[0]?.dirtyPagesPerSecond ?? 0) * 4096 * 8) / 1e6, 6)
  })

  it('shows the first completed run unless one is named', () => {
    const failed = { ...runOf({}), outcome: 'failed' as const }
    expect(chart({ kind: 'iteration-timeline' }, [failed, runOf({}, { repetition: 3 })]).caption).toContain('repetition 3')
    expect(chart({ kind: 'iteration-timeline', run: failed.runId }, [failed, runOf({}, { repetition: 3 })]).caption).toContain('the migration failed')
  })

  it('can be cut to a part of the time', () => {
    expect(scaleOf(chart({ kind: 'iteration-timeline', from: '500 ms', to: '1 s' }, [run]), 'x')).toMatchObject({ min: 0.5, max: 1 })
  })
})

describe('the writable working set', () => {
  const run = runOf({ wws: { duration: '8 s' } })

  it('is drawn over time and as the sizes of whole windows', () => {
    const spec = chart({ kind: 'wws' }, [run])
    expect(spec.table.rows).toHaveLength(run.wws?.samples.length ?? 0)
    expect(spec.caption).toMatch(/4 windows of 2 s.*n = 1/)
    expect(spec.config.data.datasets).toHaveLength(2)
  })

  it('takes from each window its last and largest size', () => {
    const samples = [1000, 2000, 3000, 4000, 5000, 6000].map((timeMs, index) => ({ timeMs, dirtyPages: [10, 30, 5, 20, 7, 40][index] ?? 0 }))
    expect(windowSizes({ readEveryMs: 1000, clearEveryMs: 2000, samples })).toEqual([20, 30, 40])
  })
})
