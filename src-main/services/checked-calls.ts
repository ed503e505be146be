/**
 * The door of the services: what a window sends is checked here, before any service sees it. A page, a socket or a bridge
 * may send anything.
 */

import * as z from 'zod'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls } from '#shared/rpc/app-contract.ts'
import { inWindowWords } from './store-sentences.ts'

type Name = keyof AppCalls

const path = z.string().min(1).max(4096).refine((text) => !text.includes('\0'), 'a path has no zero bytes')
const suiteId = z.int().min(1)
const runId = z.string().min(1).max(200)
const longText = z.string().max(16 * 2 ** 20)
const hostId = z.string().min(1).max(80)
const draftId = z.string().regex(/^[\w-]{1,80}$/, 'the id of a draft has at most 80 letters, digits, dashes and underscores')
const notes = z
  .strictObject({
    tags: z.array(z.string().trim().min(1).max(60)).max(50),
    note: z.string().max(10_000),
    exclusion: z.string().trim().min(1, 'say why the run is left out').max(1000).nullable(),
  })
  .partial()

const argumentsOf: Readonly<Record<Name, z.ZodType<readonly unknown[]>>> = {
  about: z.tuple([]),
  settings: z.tuple([]),
  saveSettings: z.tuple([z.strictObject({ theme: z.string(), workers: z.number(), textScale: z.number() }).partial()]),
  notices: z.tuple([]),
  dismissNotice: z.tuple([z.uuid()]),
  openDocument: z.tuple([path]),
  saveDocument: z.tuple([z.object({ path, text: z.string(), modifiedAt: z.string().max(40).nullable() })]),
  recentDocuments: z.tuple([]),
  listFolder: z.tuple([path.nullable()]),
  chooseFile: z.tuple([z.enum(['open', 'save']), z.string().max(255)]),
  drafts: z.tuple([]),
  saveDraft: z.tuple([z.object({ draftId, path: path.nullable(), text: longText, isLeft: z.boolean().optional() })]),
  dropDraft: z.tuple([draftId]),
  startRuns: z.tuple([
    z.object({
      text: longText,
      fileName: z.string().max(4096),
      stopWhenNarrow: z.object({ metric: z.string().max(100), relativeHalfWidth: z.number().gt(0).lt(1) }).optional(),
    }),
  ]),
  pauseRuns: z.tuple([suiteId]),
  resumeRuns: z.tuple([suiteId]),
  cancelRuns: z.tuple([suiteId]),
  retryCrashed: z.tuple([suiteId]),
  appendRepetitions: z.tuple([suiteId, z.int().min(1, 'at least 1 repetition is added').max(100_000, 'at most 100000 repetitions are added')]),
  queue: z.tuple([]),
  suites: z.tuple([]),
  suiteText: z.tuple([suiteId]),
  runRows: z.tuple([suiteId, z.int().min(1).optional()]),
  run: z.tuple([runId]),
  fidelity: z.tuple([suiteId]),
  scenarioOfRun: z.tuple([runId]),
  annotate: z.tuple([z.array(runId).max(1_000_000), notes]),
  runsAsParquet: z.tuple([suiteId, z.array(runId).max(1_000_000).nullable()]),
  renderFigure: z.tuple([
    z.object({ recipe: z.record(z.string(), z.unknown()), suiteIds: z.array(suiteId).min(1, 'choose at least one suite').max(1000), format: z.enum(['svg', 'pdf', 'png', 'tex', 'csv']) }),
  ]),
  hosts: z.tuple([]),
  addHost: z.tuple([z.strictObject({ name: z.string().max(1000), address: z.string().max(1000) })]),
  removeHost: z.tuple([hostId]),
  testHost: z.tuple([hostId]),
}

export function checkedCalls(calls: AppCalls): AppCalls {
  const names = Object.keys(argumentsOf) as Name[]
  return Object.fromEntries(names.map((name) => [name, checked(name, calls[name] as Call)])) as unknown as AppCalls
}

type Call = (...args: readonly unknown[]) => Promise<unknown>

function checked(name: Name, call: Call): Call {
  return async (...args) => {
    const parsed = argumentsOf[name].safeParse(args)
    if (parsed.success) return answer(call, parsed.data)
    const problems = parsed.error.issues.map((issue) => [issue.path.slice(1).join('.'), issue.message].filter((part) => part !== '').join(': '))
    throw new GodwitError('rpc.arguments', `${name}: ${problems.join('; ')}`, { details: { name, problems } })
  }
}

async function answer(call: Call, args: readonly unknown[]): Promise<unknown> {
  try {
    return await call(...args)
  } catch (error) {
    throw inWindowWords(error)
  }
}
