/** The built shell under the stand-in, as a process of its own, for one test. */

import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import type { DialogAnswer, StandInSettings } from './control.ts'

const project = join(import.meta.dirname, '../../..')

export interface ShellHome {
  /** The user's home: configuration, documents, suites. */
  readonly home: string
  readonly configFolder: string
  readonly documentsFolder: string
}

export interface ShellEvent {
  readonly event: string
  readonly data: unknown
}

export interface RunningShell extends ShellHome {
  /** All that the stand-in told so far. */
  readonly events: readonly ShellEvent[]
  /** The next event of this name that was not given yet, and that fits. */
  readonly next: (event: string, fits?: (data: never) => boolean) => Promise<unknown>
  readonly command: (command: string, ...args: readonly unknown[]) => Promise<unknown>
  readonly answerDialog: (dialog: DialogAnswer['dialog'], answer: DialogAnswer['answer']) => Promise<unknown>
  /** Resolves once standard error holds this. */
  readonly said: (text: string) => Promise<void>
  readonly exited: Promise<number | null>
}

export interface ShellStart {
  readonly home?: ShellHome
  readonly args?: readonly string[]
  readonly settings?: StandInSettings
}

export function shellHome(): ShellHome {
  const home = temporaryFolder()
  const documentsFolder = join(home, 'Documents', 'Godwit')
  mkdirSync(documentsFolder, { recursive: true })
  return { home, configFolder: join(home, 'config', 'godwit'), documentsFolder }
}

export function startShell({ home = shellHome(), args = [], settings = {} }: ShellStart = {}): RunningShell {
  const child = fork(join(project, 'out/main/shell.js'), args, {
    cwd: home.home,
    execArgv: ['--import', join(import.meta.dirname, 'register.ts')],
    env: { ...process.env, HOME: home.home, XDG_CONFIG_HOME: join(home.home, 'config'), ELECTRON_STAND_IN: JSON.stringify(settings) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let standardError = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (standardError += text))
  const said = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!standardError.includes(text)) return
        child.stderr?.off('data', look)
        resolve()
      }
      child.stderr?.on('data', look)
      look()
    })
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve))
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.disconnect()
    await exited
  })
  return { ...home, ...conversation(child, exited, () => standardError), said, exited }
}

/** The first window, with its first view shown. */
export async function startReadyShell(start: ShellStart = {}): Promise<RunningShell> {
  const shell = startShell(start)
  await shell.next('loaded')
  await shell.command('waitFor', 'html[data-ready]')
  return shell
}

interface Waiting {
  readonly event: string
  readonly fits: (data: never) => boolean
  readonly resolve: (data: unknown) => void
  readonly reject: (reason: Error) => void
}

function conversation(child: ChildProcess, exited: Promise<number | null>, standardError: () => string): Pick<RunningShell, 'events' | 'next' | 'command' | 'answerDialog'> {
  const events: ShellEvent[] = []
  const unread: ShellEvent[] = []
  let waiting: Waiting[] = []
  const answers = new Map<number, { readonly resolve: (result: unknown) => void; readonly reject: (reason: Error) => void }>()
  let lastId = 0

  const onEvent = (told: ShellEvent): void => {
    events.push(told)
    const listener = waiting.find(({ event, fits }) => event === told.event && fits(told.data as never))
    if (listener === undefined) return void unread.push(told)
    waiting = waiting.filter((other) => other !== listener)
    listener.resolve(told.data)
  }
  child.on('message', (message: ShellEvent | { readonly id: number; readonly result?: unknown; readonly error?: string }) => {
    if ('event' in message) return onEvent(message)
    const answer = answers.get(message.id)
    answers.delete(message.id)
    if (message.error === undefined) answer?.resolve(message.result)
    else answer?.reject(new Error(message.error))
  })
  void exited.then((code) => {
    const over = new Error(`the shell ended with ${code}: ${standardError()}`)
    for (const { reject } of [...waiting, ...answers.values()]) reject(over)
  })

  const command: RunningShell['command'] = (name, ...args) =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      answers.set(id, { resolve, reject })
      child.send({ id, command: name, args })
    })
  return {
    events,
    next: (event, fits = () => true) => {
      const index = unread.findIndex((told) => told.event === event && fits(told.data as never))
      const [told] = index === -1 ? [] : unread.splice(index, 1)
      if (told !== undefined) return Promise.resolve(told.data)
      return new Promise((resolve, reject) => waiting.push({ event, fits, resolve, reject }))
    },
    command,
    answerDialog: (dialog, answer) => command('answerDialog', { dialog, answer }),
  }
}
