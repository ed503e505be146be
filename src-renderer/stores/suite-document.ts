/**
 * The suite that is being designed. Its text is the truth: what the editors change, they change in the YAML, so that
 * comments and layout of a hand-written file stay, and undo is a step back to an earlier text.
 */

import { useDebounceFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { parseDocument } from 'yaml'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Draft } from '#shared/rpc/app-contract.ts'
import { scenarioPresets, suitePresets } from '#shared/scenario/presets/index.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'
import { isTree, type Tree } from '#shared/scenario/resolve.ts'
import type { Suite } from '#shared/scenario/suite.ts'
import { newestWins } from '../workers/newest-wins.ts'
import type { PlanAnswer, PlanRequest } from '../workers/plan-protocol.ts'
import { startPlanWorker } from '../workers/start-plan-worker.ts'
import type { OutlinedPlanning } from '../workers/suite-outline.ts'
import { useSession } from './session.ts'
import { moveInYaml, setInYaml } from './yaml-edit.ts'

export type FieldPath = ReadonlyArray<string | number>

const emptySuite = 'godwit: 1\nname: New suite\nbase:\n  preset: lab/hot-cold-1g\nvary: []\nrepeat: 5\nseed: 1\n'

/** Changes of one field that follow each other this closely are one step of undo. */
const oneStepMs = 700
const draftDelayMs = 400
/** More runs than this are planned when the typing pauses: a plan that is begun at each key is given up at the next. */
const mostRunsPlannedAtOnce = 2000
const planDelayMs = 250
/** Somebody who never stops typing has a draft this often all the same. */
const draftAtLatestMs = 2000

export const useSuiteDocument = defineStore('suite-document', () => {
  const session = useSession()
  const text = ref(emptySuite)
  const path = ref<string | null>(null)
  const modifiedAt = ref<string | null>(null)
  const savedText = ref(emptySuite)
  const draftId = ref(newDraftId())
  /** Drafts that an earlier window left behind. */
  const drafts = shallowRef<readonly Draft[]>([])
  /** The file that was changed by somebody else when it was to be saved; null: no such question is open. */
  const conflict = ref<{ readonly path: string; readonly message: string } | null>(null)
  const past = shallowRef<readonly string[]>([])
  const future = shallowRef<readonly string[]>([])
  let lastEdit = { field: '', at: 0 }

  const fileName = computed(() => path.value?.replace(/^.*[\\/]/, '') ?? 'unsaved suite')
  const reading = computed(() => readSuite(text.value, fileName.value))
  const suite = computed(() => (reading.value.ok ? reading.value.suite : null))
  const planner = newestWins<PlanRequest, PlanAnswer>(startPlanWorker, 'planning')
  onScopeDispose(() => planner.close())
  const planning = shallowRef<OutlinedPlanning | null>(null)
  /** True while the plan is that of an earlier text, or there is none yet. */
  const isPlanning = ref(false)
  let textsSeen = 0

  async function makePlan(): Promise<void> {
    const mine = textsSeen
    if (suite.value === null) return
    const answer = await planner.ask({ text: text.value, fileName: fileName.value })
    if (answer === null || mine !== textsSeen) return
    isPlanning.value = false
    planning.value = answer.ok ? answer.planning : null
    if (!answer.ok) session.report(new GodwitError('suite.not-planned', answer.message))
  }

  const planLater = useDebounceFn(makePlan, planDelayMs)
  watch(suite, (changed) => {
    textsSeen++
    isPlanning.value = changed !== null
    if (changed === null) {
      planner.cancel()
      planning.value = null
    } else void (runsOf(changed) > mostRunsPlannedAtOnce ? planLater() : makePlan())
  }, { immediate: true, flush: 'sync' })
  const plan = computed(() => (planning.value?.ok === true ? planning.value.plan : null))
  const problems = computed(() => {
    if (!reading.value.ok) return reading.value.problems
    return planning.value !== null && !planning.value.ok ? planning.value.problems : []
  })
  const parsed = computed(() => plainContent(text.value))
  /** The file as plain data, as far as it is YAML at all. */
  const content = computed<Tree>(() => parsed.value ?? {})
  /** True if the file is no YAML mapping: its fields cannot be edited, only its text. */
  const isBroken = computed(() => parsed.value === null)
  const name = computed(() => (typeof content.value['name'] === 'string' ? content.value['name'] : 'Unnamed suite'))
  const isDirty = computed(() => text.value !== savedText.value)
  const canUndo = computed(() => past.value.length > 0)
  const canRedo = computed(() => future.value.length > 0)

  /** What stands in the file at this path, or undefined. */
  function valueAt(at: FieldPath): unknown {
    return at.reduce<unknown>((node, part) => (isTree(node) ? node[String(part)] : Array.isArray(node) && typeof part === 'number' ? (node as unknown[])[part] : undefined), content.value)
  }

  /** Writes a value into the file; undefined takes the field out, and a section that is empty then. */
  function set(at: FieldPath, value: unknown): void {
    edit(at.join('.'), (before) => setInYaml(before, at, value))
  }

  /** Moves an entry of a list, such as a factor. */
  function move(list: FieldPath, from: number, to: number): void {
    edit('', (before) => moveInYaml(before, list, { from, to }))
  }

  function edit(field: string, change: (before: string) => string): void {
    try {
      commit(change(text.value), field)
    } catch (error) {
      session.report(error)
    }
  }

  /** Takes over a whole new text, such as from a text editor. */
  function replaceText(next: string): void {
    commit(next, 'text')
  }

  function commit(next: string, field: string): void {
    if (next === text.value) return
    const now = Date.now()
    const sameStep = field !== '' && field === lastEdit.field && now - lastEdit.at < oneStepMs && past.value.length > 0
    if (!sameStep) past.value = [...past.value.slice(-499), text.value]
    lastEdit = { field, at: now }
    future.value = []
    text.value = next
  }

  function undo(): void {
    const previous = past.value.at(-1)
    if (previous === undefined) return
    future.value = [text.value, ...future.value]
    past.value = past.value.slice(0, -1)
    text.value = previous
    lastEdit = { field: '', at: 0 }
  }

  function redo(): void {
    const [next, ...rest] = future.value
    if (next === undefined) return
    past.value = [...past.value, text.value]
    future.value = rest
    text.value = next
    lastEdit = { field: '', at: 0 }
  }

  /** Starts over with a text that belongs to no file yet, or to the one given. What was not saved stays as a draft. */
  function start(next: string, from: { readonly path: string; readonly modifiedAt: string } | null = null): void {
    if (isDirty.value) void leaveDraft({ draftId: draftId.value, path: path.value, text: text.value, savedAt: new Date().toISOString() })
    text.value = next
    savedText.value = next
    path.value = from?.path ?? null
    modifiedAt.value = from?.modifiedAt ?? null
    draftId.value = newDraftId()
    past.value = []
    future.value = []
    lastEdit = { field: '', at: 0 }
    conflict.value = null
  }

  async function leaveDraft(draft: Draft): Promise<void> {
    drafts.value = [draft, ...drafts.value.filter((other) => other.draftId !== draft.draftId)]
    try {
      await session.calls.saveDraft({ draftId: draft.draftId, path: draft.path, text: draft.text, isLeft: true })
    } catch (error) {
      session.report(error)
    }
  }

  function startEmpty(): void {
    start(emptySuite)
  }

  /** Starts from a named suite, or from a named scenario. */
  function startFromPreset(preset: string): void {
    const suitePreset = suitePresets[preset]
    if (suitePreset !== undefined) start(suitePreset.yaml)
    else if (scenarioPresets[preset] !== undefined) start(emptySuite.replace('lab/hot-cold-1g', preset))
  }

  async function open(from: string): Promise<void> {
    const opened = await session.calls.openDocument(from)
    start(opened.text, opened)
  }

  /**
   * Saves to its file or to another one. If its file was changed by somebody else meanwhile, nothing is written and
   * `conflict` asks what to do; true if it was saved.
   */
  async function save(to: string | null = path.value): Promise<boolean> {
    if (to === null) throw new GodwitError('suite.no-file', 'the suite was never saved; choose a file name for it')
    return await write(to, to === path.value ? modifiedAt.value : null)
  }

  async function write(to: string, expected: string | null): Promise<boolean> {
    const written = text.value
    try {
      const saved = await session.calls.saveDocument({ path: to, text: written, modifiedAt: expected })
      path.value = saved.path
      modifiedAt.value = saved.modifiedAt
      savedText.value = saved.text
      conflict.value = null
    } catch (error) {
      if (!(error instanceof GodwitError) || error.code !== 'document.changed') throw error
      conflict.value = { path: to, message: error.message }
      return false
    }
    // What was typed while the file was written is a draft again.
    await storeDraft()
    return true
  }

  /** Answers a conflict: writes over what somebody else wrote. */
  async function overwrite(): Promise<boolean> {
    return conflict.value !== null && (await write(conflict.value.path, null))
  }

  /** Answers a conflict: takes the file as it is now; the own text is one step of undo away. */
  async function reload(): Promise<void> {
    if (conflict.value === null) return
    const opened = await session.calls.openDocument(conflict.value.path)
    savedText.value = opened.text
    modifiedAt.value = opened.modifiedAt
    conflict.value = null
    commit(opened.text, '')
  }

  async function storeDraft(): Promise<void> {
    if (isDirty.value) await session.calls.saveDraft({ draftId: draftId.value, path: path.value, text: text.value })
    else await session.calls.dropDraft(draftId.value)
  }

  const keepDraft = useDebounceFn(() => storeDraft().catch(session.report), draftDelayMs, { maxWait: draftAtLatestMs })
  watch(text, () => void keepDraft())
  // A program that was started anew, or lost this window, must learn again that the draft is being worked on.
  watch(() => session.connection, (connection) => connection === 'open' && isDirty.value && void keepDraft())

  /** Asks which drafts earlier windows left behind, newest first. */
  async function loadDrafts(): Promise<void> {
    const found = await session.calls.drafts()
    drafts.value = found.filter((draft) => draft.draftId !== draftId.value).sort((a, b) => b.savedAt.localeCompare(a.savedAt))
  }

  /** Takes up a draft that a crash left behind, the newest unless one is named; false if there is none. */
  async function recover(wanted?: string): Promise<boolean> {
    await loadDrafts()
    const draft = drafts.value.find((one) => wanted === undefined || one.draftId === wanted)
    if (draft === undefined) return false
    const file = draft.path === null ? null : await session.calls.openDocument(draft.path).catch(() => null)
    start(draft.text)
    savedText.value = file?.text ?? ''
    path.value = draft.path
    // A file that was changed after the draft was kept must not be written over unseen.
    modifiedAt.value = file === null ? null : file.modifiedAt < draft.savedAt ? file.modifiedAt : draft.savedAt
    draftId.value = draft.draftId
    drafts.value = drafts.value.filter((one) => one.draftId !== draft.draftId)
    return true
  }

  async function dropDraft(unwanted: string): Promise<void> {
    await session.calls.dropDraft(unwanted)
    drafts.value = drafts.value.filter(({ draftId: id }) => id !== unwanted)
  }

  return {
    text, path, fileName, name, isDirty, content, isBroken, suite, plan, isPlanning, problems, canUndo, canRedo, drafts, conflict,
    valueAt, set, move, replaceText, undo, redo, startEmpty, startFromText: (next: string) => start(next), startFromPreset, open, save, overwrite, reload, loadDrafts, recover, dropDraft,
  }
})

function newDraftId(): string {
  return crypto.randomUUID()
}

function runsOf({ factors, repeat, backends }: Suite): number {
  return factors.reduce((product, { size }) => product * size, repeat * backends.length)
}

/** Null for broken YAML, or one whose aliases lead nowhere. */
function plainContent(text: string): Tree | null {
  try {
    const document = parseDocument(text, { logLevel: 'silent' })
    const data: unknown = document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 100 })
    return isTree(data) ? data : null
  } catch {
    return null
  }
}
