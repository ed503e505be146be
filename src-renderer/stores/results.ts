/**
 * Finished runs, suite by suite: fetched once, then kept up to date by what the program tells. Which of them are shown,
 * in which order and which are selected belongs to them, so that a view finds it again when it comes back.
 */

import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { compileFilter } from '#shared/analysis/filter.ts'
import { factorsOf, rowFields } from '#shared/analysis/row-fields.ts'
import type { RunNotes, RunRow, SuiteEntry } from '#shared/rpc/app-contract.ts'
import { planSuite } from '#shared/scenario/expand.ts'
import { fieldPaths } from '#shared/scenario/field-index.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import type { SortOrder } from '../components/table/columns.ts'
import { useSession } from './session.ts'

export type LoadedRows =
  | { readonly state: 'loading' }
  /** Not complete: the first rows of many, while the others are on their way. */
  | { readonly state: 'ready'; readonly rows: readonly RunRow[]; readonly isComplete: boolean }
  | { readonly state: 'error'; readonly problem: string }

const noRows: readonly RunRow[] = []

/** So many rows fill any screen, and are there within a blink. */
const atOnce = 400

export const useResults = defineStore('results', () => {
  const session = useSession()
  const suites = shallowRef<readonly SuiteEntry[]>([])
  const suitesState = ref<'loading' | 'ready' | 'error'>('loading')
  const suitesProblem = ref('')
  const loaded = shallowRef<ReadonlyMap<number, LoadedRows>>(new Map())
  /** Filled-in scenarios of a suite, point by point; there only once a filter asked for them. */
  const scenarios = shallowRef<ReadonlyMap<number, readonly Scenario[]>>(new Map())
  /** Came in while the rows of their suite were on the way. */
  const early = new Map<number, RunRow[]>()

  const suiteId = ref<number | null>(null)
  const filterText = ref('')
  const sort = ref<SortOrder | null>(null)
  const groupBy = ref<string | null>(null)
  const selected = shallowRef<ReadonlySet<string>>(new Set())

  const suite = computed(() => suites.value.find((entry) => entry.suiteId === suiteId.value) ?? null)
  const current = computed<LoadedRows>(() => (suiteId.value === null ? { state: 'loading' } : (loaded.value.get(suiteId.value) ?? { state: 'loading' })))
  const rows = computed(() => (current.value.state === 'ready' ? current.value.rows : noRows))
  const factors = computed(() => factorsOf(rows.value))
  const fields = computed(() => rowFields(rows.value, { scenarioOf: (row) => scenarios.value.get(row.suiteId)?.[row.point] }))
  const filter = computed(() => compileFilter(filterText.value, fields.value))
  /** The last filter that could be read stays in force while another one is being typed. */
  const lastTest = shallowRef<(row: RunRow) => boolean>(() => true)
  watch(filter, (compiled) => {
    if (compiled.ok) lastTest.value = compiled.test
  }, { immediate: true, flush: 'sync' })
  const filtered = computed(() => rows.value.filter(lastTest.value))

  function keep(id: number, entry: LoadedRows): void {
    loaded.value = new Map(loaded.value).set(id, entry)
  }

  /** Fetches the rows of a suite unless they are there or on the way. */
  async function load(id: number, { again = false } = {}): Promise<void> {
    const known = loaded.value.get(id)
    if (early.has(id) || (known?.state === 'ready' && !again)) return
    if (known?.state !== 'ready') keep(id, { state: 'loading' })
    early.set(id, [])
    try {
      const head = known?.state === 'ready' ? null : await session.calls.runRows(id, atOnce)
      if (head?.length === atOnce) keep(id, { state: 'ready', rows: head, isComplete: false })
      const fetched = head !== null && head.length < atOnce ? head : await session.calls.runRows(id)
      keep(id, { state: 'ready', rows: withRows(fetched, early.get(id) ?? []), isComplete: true })
    } catch (error) {
      keep(id, { state: 'error', problem: error instanceof Error ? error.message : String(error) })
    } finally {
      early.delete(id)
    }
  }

  async function loadSuites(): Promise<void> {
    try {
      suites.value = await session.calls.suites()
      suitesState.value = 'ready'
    } catch (error) {
      suitesState.value = 'error'
      suitesProblem.value = error instanceof Error ? error.message : String(error)
    }
  }

  function show(id: number): void {
    if (suiteId.value !== id) {
      selected.value = new Set()
      sort.value = null
      groupBy.value = null
      filterText.value = ''
    }
    suiteId.value = id
    void load(id)
  }

  /** The row of a run in any suite that is loaded. */
  function rowOf(runId: string): RunRow | undefined {
    for (const entry of loaded.value.values()) {
      const found = entry.state === 'ready' ? entry.rows.find((row) => row.runId === runId) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }

  async function annotate(runIds: readonly string[], notes: Partial<RunNotes>): Promise<boolean> {
    try {
      await session.calls.annotate(runIds, notes)
      applyNotes(runIds, notes)
      return true
    } catch (error) {
      session.report(error)
      return false
    }
  }

  function applyNotes(runIds: readonly string[], notes: Partial<RunNotes>): void {
    const concerned = new Set(runIds)
    const noted = (row: RunRow): RunRow => (concerned.has(row.runId) ? { ...row, ...notes } : row)
    loaded.value = new Map([...loaded.value].map(([id, entry]) => [id, entry.state === 'ready' ? { ...entry, rows: entry.rows.map(noted) } : entry]))
    for (const waiting of early.values()) waiting.splice(0, waiting.length, ...waiting.map(noted))
  }

  function addRows(id: number, finished: readonly RunRow[]): void {
    early.get(id)?.push(...finished)
    const entry = loaded.value.get(id)
    if (entry?.state === 'ready' && entry.isComplete) keep(id, { ...entry, rows: withRows(entry.rows, finished) })
  }

  /** Rows that the store no longer counts were given back: those of crashed runs that are made again. */
  function onSuites(changed: readonly SuiteEntry[]): void {
    suites.value = changed
    suitesState.value = 'ready'
    for (const { suiteId: id, finished } of changed) {
      const entry = loaded.value.get(id)
      if (entry?.state === 'ready' && entry.isComplete && entry.rows.length > finished) void load(id, { again: true })
    }
  }

  /** A filter over fields that the suite does not vary needs the scenarios of its points. */
  async function loadScenarios(id: number): Promise<void> {
    if (scenarios.value.has(id)) return
    try {
      const read = readSuite(await session.calls.suiteText(id), suite.value?.name ?? 'the suite')
      const planned = read.ok ? planSuite(read.suite) : null
      const points = planned?.ok === true ? planned.plan.points.map(({ scenario }) => scenario) : []
      scenarios.value = new Map(scenarios.value).set(id, points)
    } catch (error) {
      session.report(error)
    }
  }
  watch([filterText, suiteId], ([text, id]) => {
    if (id === null || text === '') return
    const words = new Set(text.match(/[A-Za-z_][\w.]*/g))
    if (fieldPaths().some((path) => words.has(path) && !factors.value.includes(path))) void loadScenarios(id)
  })

  watch(
    () => session.program,
    (program) => {
      program?.on('suitesChanged', onSuites)
      program?.on('runsFinished', addRows)
      program?.on('notesChanged', applyNotes)
    },
    { immediate: true },
  )
  watch(
    () => session.connection,
    (connection) => {
      if (connection !== 'open') return
      void loadSuites()
      // What was told while the connection was lost was missed.
      for (const id of loaded.value.keys()) void load(id, { again: true })
    },
    { immediate: true },
  )

  return { suites, suitesState, suitesProblem, loaded, suiteId, suite, current, rows, factors, fields, filterText, filter, filtered, sort, groupBy, selected, load, loadSuites, show, rowOf, annotate }
})

/** Known rows with finished ones behind them; a run that is known already is replaced where it stands. */
function withRows(known: readonly RunRow[], finished: readonly RunRow[]): readonly RunRow[] {
  if (finished.length === 0) return known
  const fresh = new Map(finished.map((row) => [row.runId, row]))
  const kept = known.map((row) => {
    const replacement = fresh.get(row.runId)
    if (replacement !== undefined) fresh.delete(row.runId)
    return replacement ?? row
  })
  return [...kept, ...fresh.values()]
}
