/** What is being compared: the choice that a chart, its recipe and the table of differences are made from. */

import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { baselineDeltas, type DeltaRow } from '#shared/analysis/paired.ts'
import { completedOf } from '#shared/analysis/summarise.ts'
import { type FigureKind, recipeFields } from '#shared/figures/recipe.ts'
import { distinctValues, factorPaths, valueOf } from '#shared/figures/selection.ts'
import { metricOf } from '#shared/model/metrics.ts'
import type { Scalar } from '#shared/model/migration-stats.ts'
import type { RunRow } from '#shared/rpc/app-contract.ts'
import { lookUpField } from '#shared/scenario/field-index.ts'
import { recordsOf } from '../../charts/records.ts'
import { type LoadedRows, useResults } from '../../stores/results.ts'

export interface Dimension {
  readonly path: string
  readonly values: readonly Scalar[]
}

const none: readonly RunRow[] = []

export const useComparison = defineStore('comparison', () => {
  const results = useResults()
  const suiteIds = ref<readonly number[]>([])
  const kind = ref<FigureKind>('bars')
  const metric = ref('downtimeMs')
  const xMetric = ref('totalMs')
  const x = ref('')
  const series = ref('')
  const baseline = ref('')
  const yScale = ref<'linear' | 'log'>('linear')
  /** Values that stay, by path; a path that is missing keeps all. */
  const where = shallowRef<Readonly<Record<string, readonly Scalar[]>>>({})
  /** Single runs that the results view sent here. */
  const runIds = shallowRef<readonly string[]>([])

  const entries = computed<ReadonlyArray<LoadedRows | undefined>>(() => suiteIds.value.map((id) => results.loaded.get(id)))
  const loading = computed(() => entries.value.some((entry) => entry === undefined || entry.state === 'loading'))
  const problem = computed(() => entries.value.find((entry) => entry?.state === 'error')?.problem ?? '')
  const allRows = computed(() => entries.value.flatMap((entry) => (entry?.state === 'ready' ? entry.rows : none)))
  const rows = computed(() => {
    const wanted = new Set(runIds.value)
    return wanted.size === 0 ? allRows.value : allRows.value.filter((row) => wanted.has(row.runId))
  })
  const records = computed(() => recordsOf(rows.value))
  const excluded = computed(() => rows.value.length - records.value.length)
  const dimensions = computed<readonly Dimension[]>(() =>
    [...factorPaths(records.value), 'backend', 'suite'].map((path) => ({ path, values: distinctValues(records.value, path) })).filter(({ values }) => values.length > 1),
  )

  const recipe = computed<Readonly<Record<string, unknown>> | null>(() => {
    if (records.value.length === 0) return null
    const used = new Set(recipeFields(kind.value).map(({ name }) => name))
    const given = {
      kind: kind.value,
      metric: metric.value,
      xMetric: xMetric.value,
      x: x.value === '' ? undefined : x.value,
      series: series.value === '' ? undefined : series.value,
      yScale: yScale.value === 'log' ? 'log' : undefined,
      baseline: sides.value.some((side) => String(side) === baseline.value) ? baseline.value : undefined,
      runs: runIds.value.length > 0 && runIds.value.length <= 6 ? [...runIds.value] : undefined,
      where: Object.keys(where.value).length === 0 ? undefined : Object.fromEntries(Object.entries(where.value).map(([path, values]) => [path, values.length === 1 ? values[0] : [...values]])),
    }
    return Object.fromEntries(Object.entries(given).filter(([name, value]) => value !== undefined && used.has(name as never)))
  })

  /** By what runs are split into the sides that are compared with the baseline. */
  const sidePath = computed(() => (series.value === '' ? x.value : series.value))
  const sides = computed(() => dimensions.value.find(({ path }) => path === sidePath.value)?.values ?? [])
  const deltas = computed<readonly DeltaRow[]>(() => {
    const measured = metricOf(metric.value)
    if (measured === undefined || baseline.value === '') return []
    const others = dimensions.value.map(({ path }) => path).filter((path) => path !== sidePath.value)
    const kept = completedOf(records.value).filter((run) => Object.entries(where.value).every(([path, values]) => values.some((value) => String(value) === String(valueOf(run, path)))))
    return baselineDeltas(kept, {
      sideOf: (run) => String(valueOf(run, sidePath.value)),
      baseline: baseline.value,
      placeOf: (run) => others.map((path) => String(valueOf(run, path))).join(', '),
      measure: (run) => ({ seed: run.seed, value: measured.of(run) }),
    })
  })

  async function chooseSuites(ids: readonly number[]): Promise<void> {
    suiteIds.value = ids
    runIds.value = []
    await Promise.all(ids.map((id) => results.load(id)))
    proposeAxes()
  }

  /** Axes that suit what the suites vary, unless those that are chosen still do. */
  function proposeAxes(): void {
    const paths = dimensions.value.map(({ path }) => path)
    where.value = Object.fromEntries(Object.entries(where.value).filter(([path]) => paths.includes(path)))
    if (paths.includes(x.value) && (series.value === '' || paths.includes(series.value)) && needed(paths).length === 0) return
    // A factor that only some of the suites vary is no axis for all of them.
    const factors = dimensions.value.filter(({ path, values }) => path !== 'suite' && path !== 'backend' && !values.includes(null))
    const numeric = factors.filter(({ path }) => isNumeric(path))
    const along = (numeric.length > 0 ? numeric : factors).toSorted((one, other) => other.values.length - one.values.length)[0]
    x.value = along?.path ?? paths.find((path) => path === 'suite' || path === 'backend') ?? paths[0] ?? ''
    const beside = paths.includes('suite') ? 'suite' : factors.map(({ path }) => path).filter((path) => path !== x.value).toSorted((one, other) => valuesAt(one) - valuesAt(other))[0]
    series.value = beside === x.value ? '' : (beside ?? '')
    baseline.value = ''
    if (kind.value === 'bars' || kind.value === 'lines') kind.value = numeric.some(({ path }) => path === x.value) ? 'lines' : 'bars'
    where.value = Object.fromEntries(needed(paths).map((path) => [path, dimensions.value.find((dimension) => dimension.path === path)?.values ?? []] as const).map(([path, values]) => [path, [...values.filter((value) => value !== null).slice(0, 1), ...values.filter((value) => value === null)]]))
  }

  /** Factors that vary, are not shown, and would be mixed into one mean. */
  function needed(paths: readonly string[]): readonly string[] {
    return paths.filter((path) => path !== x.value && path !== series.value && path !== 'backend' && path !== 'suite' && where.value[path]?.filter((value) => value !== null).length !== 1)
  }

  function valuesAt(path: string): number {
    return dimensions.value.find((dimension) => dimension.path === path)?.values.length ?? 0
  }

  function keep(path: string, value: Scalar, kept: boolean): void {
    const all = dimensions.value.find((dimension) => dimension.path === path)?.values ?? []
    const before = where.value[path] ?? all
    const after = all.filter((candidate) => (candidate === value ? kept : before.includes(candidate)))
    const rest = Object.fromEntries(Object.entries(where.value).filter(([other]) => other !== path))
    where.value = after.length === 0 || after.length === all.length ? rest : { ...rest, [path]: after }
  }

  return {
    suiteIds, kind, metric, xMetric, x, series, baseline, yScale, where, runIds,
    loading, problem, rows, excluded, dimensions, recipe, sidePath, sides, deltas, chooseSuites, proposeAxes, keep,
  }
})

function isNumeric(path: string): boolean {
  const found = lookUpField(path)
  return found.ok && found.field.meta.dimension !== undefined
}
