/**
 * What the window may ask of the program behind it, and what it is told unasked. The same contract is carried over
 * Electron's bridge, over a WebSocket in browser mode, and over an in-memory pair in tests.
 *
 * Everything here is plain data. What needs no file, queue or store (reading a suite, planning it, simulating a preview,
 * making a chart) the window does itself with the pure core.
 */

import type { SuiteFidelity } from '../analysis/fidelity.ts'
import type { RunProgress, RunRecord } from '../model/migration-stats.ts'

/** A suite file as it stands on the disk. */
export interface SuiteDocument {
  readonly path: string
  readonly text: string
  /** ISO 8601; given back when saving, so that a change by somebody else is noticed. */
  readonly modifiedAt: string
}

/** Unsaved text, kept so that a crash loses nothing. */
export interface Draft {
  readonly draftId: string
  /** Null for a suite that was never saved. */
  readonly path: string | null
  readonly text: string
  readonly savedAt: string
}

export interface RecentDocument {
  readonly path: string
  readonly name: string
  readonly openedAt: string
}

export interface FolderListing {
  readonly path: string
  readonly parent: string | null
  readonly folders: readonly string[]
  /** Suite files: .yaml, .yml, .json. */
  readonly files: readonly string[]
}

export interface SuiteEntry {
  readonly suiteId: number
  readonly name: string
  readonly createdAt: string
  readonly points: number
  /** Different runs that the suite plans, and how many of them are finished. */
  readonly planned: number
  readonly finished: number
  readonly crashed: number
}

/** What people note about a run; nothing of the run itself ever changes. */
export interface RunNotes {
  readonly tags: readonly string[]
  readonly note: string
  /** Why the run is left out of means and figures; null: it is not left out. */
  readonly exclusion: string | null
}

/** A run without its rows and series, as tables and charts need it. */
export interface RunRow extends Omit<RunRecord, 'iterations' | 'timeline' | 'wws'>, RunNotes {
  readonly suiteId: number
  /** Pages sent in each iteration, for a sparkline. */
  readonly iterationPages: readonly number[]
  /** Earlier tries that crashed before the run was made again, oldest first; absent: there were none. */
  readonly crashedBefore?: readonly EarlierCrash[]
}

export interface EarlierCrash {
  /** ISO 8601. */
  readonly startedAt: string
  readonly reason: string
}

export type QueueState = 'waiting' | 'running' | 'paused' | 'finished' | 'cancelled' | 'stopped'

export interface QueueEntry {
  readonly suiteId: number
  readonly name: string
  readonly state: QueueState
  readonly planned: number
  readonly reused: number
  readonly finished: number
  readonly crashed: number
  /** Null until it can be told. */
  readonly secondsLeft: number | null
  /** Why the queue stopped by itself (a full disk, a locked store), and what to do. */
  readonly problem: string | null
}

/** A run that is going on: of those of its suite the one that began first. */
export interface RunningRun extends RunProgress, Pick<RunRecord, 'runId' | 'suite' | 'point' | 'factors' | 'repetition' | 'seed' | 'backend'> {
  /** How many other runs of the suite are going on. */
  readonly others: number
}

/** Stop a suite before all repetitions are made once the 95 % interval of a metric is this narrow at every point. */
export interface StopWhenNarrow {
  readonly metric: string
  /** Half-width over mean, a fraction of one. */
  readonly relativeHalfWidth: number
}

export interface StartRuns {
  /** The suite file's text. */
  readonly text: string
  readonly fileName: string
  readonly stopWhenNarrow?: StopWhenNarrow
}

export interface FigureRequest {
  readonly recipe: Readonly<Record<string, unknown>>
  readonly suiteIds: readonly number[]
  readonly format: 'svg' | 'pdf' | 'png' | 'tex' | 'csv'
}

export interface FigureFile {
  readonly fileName: string
  readonly mediaType: string
  /** Base64. */
  readonly content: string
}

export interface Settings {
  readonly theme: 'light' | 'dark' | 'system'
  /** Runs at a time; 0: as many as the machine has processors. */
  readonly workers: number
  readonly textScale: number
}

export interface About {
  readonly version: string
  /** Of the program; the last two are null in browser mode. */
  readonly node: string
  readonly electron: string | null
  readonly chromium: string | null
  readonly modelVersion: number
  /** Where results are kept. */
  readonly storePath: string
  /** `window`: native dialogs are at hand; `browser`: the program lists its folders instead. */
  readonly mode: 'window' | 'browser'
  readonly processors: number
}

/** Something that the program mended by itself, such as a damaged file that it set aside; told until somebody puts it away. */
export interface Notice {
  readonly noticeId: string
  readonly text: string
}

/** A machine with an agent. */
export interface KnownHost {
  /** `here`: this machine, whose agent is started when it is needed. */
  readonly hostId: string
  readonly name: string
  /** `host:port`; null for this machine. */
  readonly address: string | null
}

/** A certificate in the credentials folder. */
export interface KnownCertificate {
  readonly fileName: string
  readonly subject: string
  /** It signs the certificates of hosts. */
  readonly isAuthority: boolean
  /** ISO 8601. */
  readonly expiresAt: string
  readonly isExpired: boolean
}

export interface HostsOverview {
  /** This machine first, then the others in the order in which they were added. */
  readonly hosts: readonly KnownHost[]
  /** The folder with what proves who may connect. */
  readonly credentialsFolder: string
  readonly certificates: readonly KnownCertificate[]
  /** There is a key that machines share, instead of certificates. */
  readonly hasSharedKey: boolean
  /** What is wrong with the folder, such as a certificate that has expired; null: nothing, or there is none yet. */
  readonly credentialsProblem: string | null
}

export interface AgentSession {
  readonly session: string
  readonly role: 'source' | 'destination'
  readonly guest: 'none' | 'running' | 'stopped'
}

/** What an agent says of itself and its host. */
export interface AgentFacts {
  readonly agent: string
  readonly version: string
  readonly os: string
  readonly memoryBytes: number
  /** What guests may still take. */
  readonly freeBytes: number
  /** From the question what it is to the answer. */
  readonly roundTripMs: number
  /** How both sides proved who they are. */
  readonly credentials: string
  readonly sessions: readonly AgentSession[]
}

export type HostTest = ({ readonly ok: true } & AgentFacts) | { readonly ok: false; readonly code: string; readonly message: string }

export interface AppCalls {
  about(): Promise<About>
  settings(): Promise<Settings>
  saveSettings(changes: Partial<Settings>): Promise<Settings>
  notices(): Promise<readonly Notice[]>
  dismissNotice(noticeId: string): Promise<void>

  openDocument(path: string): Promise<SuiteDocument>
  /** Refuses with `document.changed` if the file was changed since `modifiedAt`; null overwrites whatever is there. */
  saveDocument(document: { readonly path: string; readonly text: string; readonly modifiedAt: string | null }): Promise<SuiteDocument>
  recentDocuments(): Promise<readonly RecentDocument[]>
  /** Null: the folder that the program was started in. */
  listFolder(path: string | null): Promise<FolderListing>
  /** A native dialog; null if it was cancelled. Refused in browser mode. */
  chooseFile(kind: 'open' | 'save', suggestedName: string): Promise<string | null>
  /** All but those that another window is at work on. */
  drafts(): Promise<readonly Draft[]>
  /** The window is at work on the draft from now on, until it drops it or is gone; `isLeft`: it is not, and turns to something else. */
  saveDraft(draft: { readonly draftId: string; readonly path: string | null; readonly text: string; readonly isLeft?: boolean }): Promise<void>
  dropDraft(draftId: string): Promise<void>

  startRuns(request: StartRuns): Promise<{ readonly suiteId: number }>
  pauseRuns(suiteId: number): Promise<void>
  resumeRuns(suiteId: number): Promise<void>
  cancelRuns(suiteId: number): Promise<void>
  /** Makes crashed runs again, beside the records of the crash. */
  retryCrashed(suiteId: number): Promise<void>
  appendRepetitions(suiteId: number, count: number): Promise<{ readonly suiteId: number }>
  queue(): Promise<readonly QueueEntry[]>

  suites(): Promise<readonly SuiteEntry[]>
  suiteText(suiteId: number): Promise<string>
  /** All runs of a suite, or the first so many of them: enough to show a table while the rest is on its way. */
  runRows(suiteId: number, first?: number): Promise<readonly RunRow[]>
  /** With rows, timeline and working set. */
  run(runId: string): Promise<RunRecord>
  /** How far the simulation is from what was measured, for each backend that measured the suite. */
  fidelity(suiteId: number): Promise<SuiteFidelity>
  /** The filled-in scenario of a run. */
  scenarioOfRun(runId: string): Promise<Readonly<Record<string, unknown>>>
  annotate(runIds: readonly string[], notes: Partial<RunNotes>): Promise<void>
  /** Runs of a suite, or all of them, with every field and what is noted about them; base64. */
  runsAsParquet(suiteId: number, runIds: readonly string[] | null): Promise<string>

  renderFigure(request: FigureRequest): Promise<FigureFile>

  hosts(): Promise<HostsOverview>
  /** Refuses with `hosts.address` or `hosts.known`; the host need not answer. */
  addHost(host: { readonly name: string; readonly address: string }): Promise<HostsOverview>
  removeHost(hostId: string): Promise<HostsOverview>
  /** Connects to the agent and asks what it is; what goes wrong is an answer too. */
  testHost(hostId: string): Promise<HostTest>
}

/** Told to every window. */
export interface AppEvents {
  queueChanged(entries: readonly QueueEntry[]): void
  /** New runs of a suite, a few times a second at most. */
  runsFinished(suiteId: number, rows: readonly RunRow[]): void
  /** How a run of a suite goes that takes a while, a few times a second; null when it goes on no more. */
  runProgress(suiteId: number, running: RunningRun | null): void
  suitesChanged(suites: readonly SuiteEntry[]): void
  notesChanged(runIds: readonly string[], notes: Partial<RunNotes>): void
  settingsChanged(settings: Settings): void
  noticesChanged(notices: readonly Notice[]): void
  /** A menu, a shortcut of the system or a file association asks for something. */
  requested(action: AppAction): void
}

export type AppAction =
  | { readonly kind: 'new' | 'save' | 'save-as' | 'undo' | 'redo' | 'command-palette' | 'run' }
  | { readonly kind: 'open'; readonly path: string | null }
  | { readonly kind: 'show'; readonly view: string }
