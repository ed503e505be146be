/** From a recipe and rows to a figure, with the whole runs fetched where the kind of figure needs them. */

import { computed, type ComputedRef, onScopeDispose, type Ref, shallowRef, watch } from 'vue'
import { chartOf } from '#shared/figures/chart-of.ts'
import type { Ground } from '#shared/figures/palette.ts'
import { parseRecipe } from '#shared/figures/recipe.ts'
import type { ChartSpec } from '#shared/figures/spec.ts'
import { wholeRunsFor } from '#shared/figures/whole-runs.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import type { RunRow } from '#shared/rpc/app-contract.ts'
import { useSession } from '../stores/session.ts'
import { recordsOf } from './records.ts'

export type FigureState =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly spec: ChartSpec }
  | { readonly state: 'problem'; readonly problem: string }

export interface FigureSource {
  readonly recipe: ComputedRef<Readonly<Record<string, unknown>> | null>
  readonly rows: ComputedRef<readonly RunRow[]>
  readonly ground: Ref<Ground>
}

export function useFigure({ recipe, rows, ground }: FigureSource): Readonly<Ref<FigureState>> {
  const session = useSession()
  const shown = shallowRef<FigureState>({ state: 'loading' })
  const records = computed(() => recordsOf(rows.value))
  const whole = new Map<string, RunRecord>()
  let turn = 0
  onScopeDispose(() => void turn++)

  async function fetchWhole(ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => !whole.has(id))
    const fetched = await Promise.all(missing.map((id) => session.calls.run(id)))
    for (const run of fetched) whole.set(run.runId, run)
  }

  async function make(): Promise<void> {
    const mine = ++turn
    if (recipe.value === null) return
    try {
      const parsed = parseRecipe(recipe.value)
      const ids = wholeRunsFor(parsed, records.value)
      if (ids.some((id) => !whole.has(id))) {
        shown.value = { state: 'loading' }
        await fetchWhole(ids)
        if (mine !== turn) return
      }
      const byId = new Map(records.value.map((run) => [run.runId, run]))
      // A run that several suites share has its place by the suite that is shown.
      const runs = ids.length === 0 ? records.value : ids.map((id) => ({ ...(whole.get(id) as RunRecord), ...placeOf(byId.get(id)) }))
      shown.value = { state: 'ready', spec: chartOf(parsed, runs, { ground: ground.value }) }
    } catch (error) {
      if (mine === turn) shown.value = { state: 'problem', problem: error instanceof Error ? error.message : String(error) }
    }
  }
  watch([recipe, records, ground], () => void make(), { immediate: true })
  return shown
}

function placeOf(run: RunRecord | undefined): Partial<RunRecord> {
  return run === undefined ? {} : { suite: run.suite, point: run.point, factors: run.factors, repetition: run.repetition }
}
