/**
 * A typed contract over any transport that carries text: birpc does the matching of calls and answers, this file makes
 * errors travel as data, so that their code and sentence survive.
 */

import { createBirpc } from 'birpc'
import { GodwitError } from '../model/godwit-error.ts'
import type { AppCalls, AppEvents } from './app-contract.ts'

/** One end of a transport. Messages arrive whole and in order. */
export interface Channel {
  readonly send: (message: string) => void
  /** Registers the one receiver. */
  readonly receive: (receiver: (message: string) => void) => void
}

/** An error as it crosses the border. */
export interface ErrorData {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorData }

export function errorData(error: unknown): ErrorData {
  if (error instanceof GodwitError) return { code: error.code, message: error.message, details: error.details }
  return { code: 'unexpected', message: error instanceof Error ? error.message : String(error), details: {} }
}

/** What crosses the wire: one function each way, so that no name from outside ever picks a method. */
interface AnswerSide {
  call(name: string, args: readonly unknown[]): Promise<Answer>
}
interface AskingSide {
  event(name: string, args: readonly unknown[]): void
}

/** The side that answers; returns how it tells events to the other. Calls that the contract does not know are refused. */
export function serveApp(channel: Channel, service: AppCalls): AppEvents {
  const answerSide: AnswerSide = {
    async call(name, args) {
      try {
        if (!isCallName(name)) throw new GodwitError('rpc.unknown', `there is no call "${String(name)}"`)
        return { ok: true, value: await Reflect.apply(service[name], service, args) }
      } catch (error) {
        return { ok: false, error: errorData(error) }
      }
    },
  }
  const rpc = createBirpc<AskingSide, AnswerSide, false>(answerSide, { ...transport(channel), proxify: false })
  const emit = (name: string, args: readonly unknown[]): void => void rpc.$callEvent('event', name, args)
  return eventsThrough(emit)
}

/** The side that asks. */
export function connectApp(channel: Channel, events: AppEvents): AppCalls {
  const askingSide: AskingSide = {
    event(name, args) {
      if (!Object.hasOwn(events, name)) return
      Reflect.apply(events[name as keyof AppEvents], events, args)
    },
  }
  const rpc = createBirpc<AnswerSide, AskingSide, false>(askingSide, { ...transport(channel), proxify: false })
  const ask = async (name: string, args: readonly unknown[]): Promise<unknown> => {
    const answer = await rpc.$call('call', name, args)
    if (answer.ok) return answer.value
    throw new GodwitError(answer.error.code, answer.error.message, { details: answer.error.details })
  }
  const calls = Object.keys(callTable).map((name) => [name, (...args: unknown[]) => ask(name, args)])
  return Object.fromEntries(calls) as AppCalls
}

/** Two ends that are joined in memory. */
export function channelPair(): readonly [Channel, Channel] {
  const receivers: Array<((message: string) => void) | undefined> = [undefined, undefined]
  const end = (self: number, other: number): Channel => ({
    send: (message) => void Promise.resolve().then(() => receivers[other]?.(message)),
    receive: (receiver) => void (receivers[self] = receiver),
  })
  return [end(0, 1), end(1, 0)]
}

function transport(channel: Channel) {
  return {
    post: (message: string) => channel.send(message),
    on: (receiver: (message: string) => void) => channel.receive(receiver),
    serialize: (message: unknown) => JSON.stringify(message),
    deserialize: (message: string) => JSON.parse(message) as never,
    timeout: -1,
  }
}

/** Every call of the contract; the type makes a forgotten one an error. */
const callTable: Readonly<Record<keyof AppCalls, true>> = {
  about: true, settings: true, saveSettings: true, notices: true, dismissNotice: true,
  openDocument: true, saveDocument: true, recentDocuments: true, listFolder: true, chooseFile: true, drafts: true, saveDraft: true, dropDraft: true,
  startRuns: true, pauseRuns: true, resumeRuns: true, cancelRuns: true, retryCrashed: true, appendRepetitions: true, queue: true,
  suites: true, suiteText: true, runRows: true, run: true, fidelity: true, scenarioOfRun: true, annotate: true, runsAsParquet: true,
  renderFigure: true,
  hosts: true, addHost: true, removeHost: true, testHost: true,
}

const eventTable: Readonly<Record<keyof AppEvents, true>> = {
  queueChanged: true, runsFinished: true, runProgress: true, suitesChanged: true, notesChanged: true, settingsChanged: true, noticesChanged: true, requested: true,
}

/** Every event of the contract, handed to one function by its name. */
export function eventsThrough(tell: (name: keyof AppEvents, args: readonly unknown[]) => void): AppEvents {
  const events = Object.keys(eventTable).map((name) => [name, (...args: unknown[]) => tell(name as keyof AppEvents, args)])
  return Object.fromEntries(events) as AppEvents
}

function isCallName(name: unknown): name is keyof AppCalls {
  return typeof name === 'string' && Object.hasOwn(callTable, name)
}
