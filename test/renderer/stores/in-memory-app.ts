/** The application's contract over an in-memory pair, with a service that keeps files and drafts in maps. */

import { createPinia, setActivePinia } from 'pinia'
import { type App, createApp, type Plugin, shallowRef } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, Draft, HostsOverview, KnownHost, Notice, Settings, SuiteDocument } from '#shared/rpc/app-contract.ts'
import { channelPair, connectApp, eventsThrough, serveApp } from '#shared/rpc/channel.ts'
import { appKey } from '../../../src-renderer/api/app.ts'
import type { Program } from '../../../src-renderer/api/connection.ts'
import { useSession } from '../../../src-renderer/stores/session.ts'

export interface InMemoryApp {
  readonly files: Map<string, { text: string; modifiedAt: string }>
  readonly drafts: Map<string, Draft>
  readonly started: Array<{ readonly text: string }>
  readonly notices: Map<string, Notice>
  /** Sets what a call is refused with until it is cleared. */
  readonly refusals: Map<keyof AppCalls, GodwitError>
  readonly router: Router
  /** To be given to `mount` under `global.plugins`. */
  readonly plugins: Plugin[]
  /** Waits until all that was asked has been answered. */
  readonly settled: () => Promise<void>
}

/** Starts an application without a window: stores may be used right after. */
export async function startInMemoryApp(options: { readonly drafts?: readonly Draft[]; readonly notices?: readonly Notice[] } = {}): Promise<InMemoryApp> {
  const files = new Map<string, { text: string; modifiedAt: string }>()
  const drafts = new Map((options.drafts ?? []).map((draft) => [draft.draftId, draft]))
  const started: Array<{ readonly text: string }> = []
  const notices = new Map((options.notices ?? []).map((notice) => [notice.noticeId, notice]))
  const refusals = new Map<keyof AppCalls, GodwitError>()
  const [near, far] = channelPair()
  serveApp(far, refusing(service({ files, drafts, started, notices }), refusals))
  const listeners = new Map<string, Set<(...args: never[]) => void>>()
  const program: Program = {
    calls: connectApp(near, eventsThrough((name, args) => listeners.get(name)?.forEach((listener) => listener(...(args as never[]))))),
    state: shallowRef('open'),
    on: (name, listener) => {
      const known = listeners.get(name) ?? new Set()
      listeners.set(name, known.add(listener))
      return () => void known.delete(listener)
    },
  }
  const empty = { template: '<div />' }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: ['/', '/design', '/suite', '/runs', '/results', '/compare', '/figures', '/fidelity', '/hosts', '/settings'].map((path) => ({ path, name: path === '/' ? 'welcome' : path.slice(1), component: empty })),
  })
  const pinia = createPinia()
  const app: App = createApp(empty)
  app.use(pinia).use(router)
  app.provide(appKey, program)
  setActivePinia(pinia)
  app.runWithContext(() => useSession().attach(program))
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 40; turn++) await Promise.resolve()
  }
  await settled()
  const providing: Plugin = { install: (target) => void target.provide(appKey, program) }
  return { files, drafts, started, notices, refusals, router, plugins: [pinia, router, providing], settled }
}

type Kept = Pick<InMemoryApp, 'files' | 'drafts' | 'started' | 'notices'>

function service({ files, drafts, started, notices }: Kept): AppCalls {
  let settings: Settings = { theme: 'light', workers: 0, textScale: 1 }
  let clock = 0
  const now = (): string => new Date(Date.UTC(2026, 0, 1) + ++clock * 1000).toISOString()
  const unknown = async (): Promise<never> => {
    throw new GodwitError('test.unused', 'this service has no runs')
  }
  const open = (path: string): SuiteDocument => {
    const file = files.get(path)
    if (file === undefined) throw new GodwitError('document.missing', `"${path}" cannot be read: it or its folder does not exist`)
    return { path, ...file }
  }
  return {
    about: async () => ({ version: '0.1.0', node: '24.0.0', electron: null, chromium: null, modelVersion: 1, storePath: '/lab/lab.sqlite', mode: 'browser', processors: 4 }),
    settings: async () => settings,
    saveSettings: async (changes) => (settings = { ...settings, ...changes }),
    notices: async () => [...notices.values()],
    dismissNotice: async (noticeId) => void notices.delete(noticeId),
    openDocument: async (path) => open(path),
    saveDocument: async ({ path, text, modifiedAt }) => {
      const file = files.get(path)
      if (file !== undefined && modifiedAt !== null && modifiedAt !== file.modifiedAt) throw new GodwitError('document.changed', `"${path}" was changed by another program since it was opened`)
      files.set(path, { text, modifiedAt: now() })
      return open(path)
    },
    recentDocuments: async () => [...files.keys()].map((path) => ({ path, name: path, openedAt: '2026-01-01T00:00:00.000Z' })),
    listFolder: async (path) => {
      const folder = path ?? '/lab'
      if (folder === '/lab') return { path: folder, parent: null, folders: ['papers'], files: [...files.keys()].filter((file) => /^\/lab\/[^/]+$/.test(file)).map((file) => file.slice(5)) }
      if (folder === '/lab/papers') return { path: folder, parent: '/lab', folders: [], files: [] }
      throw new GodwitError('document.missing', `"${folder}" cannot be read: it or its folder does not exist`)
    },
    chooseFile: async () => null,
    drafts: async () => [...drafts.values()],
    saveDraft: async (draft) => void drafts.set(draft.draftId, { ...draft, savedAt: now() }),
    dropDraft: async (draftId) => void drafts.delete(draftId),
    startRuns: async ({ text }) => ({ suiteId: started.push({ text }) }),
    pauseRuns: unknown, resumeRuns: unknown, cancelRuns: unknown, retryCrashed: unknown, appendRepetitions: unknown,
    queue: async () => [],
    suites: async () => [], suiteText: unknown, runRows: unknown, run: unknown, fidelity: unknown, scenarioOfRun: unknown, annotate: unknown, runsAsParquet: unknown, renderFigure: unknown,
    ...hostCalls(),
  }
}

/** This machine answers, and so does each other whose address does not begin with "dead". */
function hostCalls(): Pick<AppCalls, 'hosts' | 'addHost' | 'removeHost' | 'testHost'> {
  let known: readonly KnownHost[] = [{ hostId: 'here', name: 'This machine', address: null }]
  const overview = (): HostsOverview => ({
    hosts: known,
    credentialsFolder: '/lab/agent',
    certificates: [
      { fileName: 'authority.pem', subject: 'Godwit authority lab-1', isAuthority: true, expiresAt: '2099-01-01T00:00:00.000Z', isExpired: false },
      { fileName: 'certificate.pem', subject: 'lab-1', isAuthority: false, expiresAt: '2020-01-01T00:00:00.000Z', isExpired: true },
    ],
    hasSharedKey: false,
    credentialsProblem: null,
  })
  return {
    hosts: async () => overview(),
    addHost: async ({ name, address }) => {
      if (!address.includes(':')) throw new GodwitError('hosts.address', 'a host and a port are expected, such as lab-2:7300')
      known = [...known, { hostId: `host-${known.length}`, name: name || address, address }]
      return overview()
    },
    removeHost: async (hostId) => {
      known = known.filter((host) => host.hostId !== hostId)
      return overview()
    },
    testHost: async (hostId) => {
      const host = known.find((candidate) => candidate.hostId === hostId)
      if (host?.address?.startsWith('dead') === true) return { ok: false, code: 'agent.unreachable', message: `nobody answers at ${host.address}` }
      return { ok: true, agent: 'godwit 0.1.0', version: '0.1.0', os: 'Linux 6.1 x64', memoryBytes: 16 * 2 ** 30, freeBytes: 3.5 * 2 ** 30, roundTripMs: 0.734, credentials: 'certificate', sessions: [{ session: '0123456789ab', role: 'source', guest: 'running' }] }
    },
  }
}

function refusing(calls: AppCalls, refusals: InMemoryApp['refusals']): AppCalls {
  return new Proxy(calls, {
    get: (target, name) => {
      const refusal = refusals.get(name as keyof AppCalls)
      return refusal === undefined ? (Reflect.get(target, name) as unknown) : async () => Promise.reject(refusal)
    },
  })
}
