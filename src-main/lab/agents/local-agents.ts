/** Agents of this machine, started for the lab: in processes of their own, so that one can be killed, or in worker threads. */

import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { LocalAgentData, LocalAgentReport } from '../../agent/agent-thread.ts'
import type { AgentAddress } from '../../agent/sessions.ts'

export type Placement = 'process' | 'thread'

export interface LocalAgent {
  readonly address: AgentAddress
  /** Kills it without a word, as a power cut would. */
  kill(): Promise<void>
}

interface Started {
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  readonly isAlive: () => boolean
  readonly kill: () => void
}

export class LocalAgents {
  readonly #placement: Placement
  readonly #tracesFolder: string | undefined
  readonly #agents = new Map<string, { readonly agent: LocalAgent; readonly started: Started }>()
  /** Known to this lab and its agents only. */
  readonly #token = randomBytes(32).toString('hex')

  constructor(placement: Placement, tracesFolder: string | undefined) {
    this.#placement = placement
    this.#tracesFolder = tracesFolder
  }

  /** The agent of this name; a new one if there is none or it was killed. */
  async get(name: 'source' | 'destination'): Promise<LocalAgent> {
    const known = this.#agents.get(name)
    if (known?.started.isAlive() === true) return known.agent
    const { started, port } = await this.#start()
    const kill = async (): Promise<void> => {
      started.kill()
      await started.ended
    }
    const agent = { address: { host: '127.0.0.1', port, credentials: { kind: 'token', token: this.#token } as const }, kill }
    this.#agents.set(name, { agent, started })
    return agent
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map(({ agent }) => agent.kill()))
    this.#agents.clear()
  }

  #start(): Promise<{ readonly started: Started; readonly port: number }> {
    const url = new URL(import.meta.url.endsWith('.ts') ? '../../agent/agent-thread.ts' : './agent-thread.js', import.meta.url)
    const data: LocalAgentData = { token: this.#token, tracesFolder: this.#tracesFolder }
    return this.#placement === 'thread' ? startThread(url, data) : startProcess(url, data)
  }
}

function portOf(report: LocalAgentReport): number {
  if (report.kind === 'listening') return report.port
  throw new GodwitError(report.code, report.message)
}

async function startThread(url: URL, workerData: LocalAgentData) {
  const worker = new Worker(url, { workerData })
  let isAlive = true
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve())).then(() => void (isAlive = false))
  const report = await new Promise<LocalAgentReport>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  return { started: { ended, isAlive: () => isAlive, kill: () => void worker.terminate() }, port: portOf(report) }
}

async function startProcess(url: URL, data: LocalAgentData) {
  // Inside Electron the executable is Electron's, which is Node if it is told so.
  const child = fork(fileURLToPath(url), { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  let isAlive = true
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve())).then(() => void (isAlive = false))
  const report = await new Promise<LocalAgentReport>((resolve, reject) => {
    child.once('message', (message) => resolve(message as LocalAgentReport))
    child.once('error', reject)
    child.once('exit', (code) => reject(new GodwitError('agent.start', `an agent cannot be started on this machine (exit status ${code}); install Godwit again with npm ci`)))
    child.send(data)
  })
  return { started: { ended, isAlive: () => isAlive, kill: () => void child.kill('SIGKILL') }, port: portOf(report) }
}
