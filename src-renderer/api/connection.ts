/**
 * The connection to the program: Electron's bridge where there is one, else a WebSocket to the server that this page
 * came from. A lost WebSocket is opened again, for ever, with growing pauses; calls made meanwhile wait for it.
 */

import { shallowRef, type ShallowRef } from 'vue'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, AppEvents } from '#shared/rpc/app-contract.ts'
import { type Channel, connectApp, eventsThrough } from '#shared/rpc/channel.ts'

export type ConnectionState = 'connecting' | 'open' | 'lost'

type Listener<Name extends keyof AppEvents> = AppEvents[Name]

export interface Program {
  readonly calls: AppCalls
  readonly state: Readonly<ShallowRef<ConnectionState>>
  /** Listens to an event until the returned function is called. */
  on<Name extends keyof AppEvents>(name: Name, listener: Listener<Name>): () => void
}

/** What the preload script offers. */
interface Bridge {
  send(message: string): void
  receive(receiver: (message: string) => void): void
}

declare global {
  interface Window {
    readonly godwit?: Bridge
  }
}

const firstPauseMs = 250
const longestPauseMs = 5000

export function connectToProgram(): Program {
  const listeners = new Map<keyof AppEvents, Set<(...args: never[]) => void>>()
  const tell = (name: keyof AppEvents, args: readonly unknown[]): void => {
    for (const listener of listeners.get(name) ?? []) listener(...(args as never[]))
  }
  const events = eventsThrough(tell)
  const on: Program['on'] = (name, listener) => {
    const known = listeners.get(name) ?? new Set()
    listeners.set(name, known)
    known.add(listener)
    return () => void known.delete(listener)
  }
  const state = shallowRef<ConnectionState>('connecting')
  if (window.godwit !== undefined) {
    const bridge = window.godwit
    state.value = 'open'
    return { calls: connectApp({ send: (message) => bridge.send(message), receive: (receiver) => bridge.receive(receiver) }, events), state, on }
  }
  return { calls: callsOverSocket(events, state), state, on }
}

/** Calls that wait until the socket is open, and fail with a sentence if it closes before the answer came. */
function callsOverSocket(events: AppEvents, state: ShallowRef<ConnectionState>): AppCalls {
  let current: { readonly calls: AppCalls; readonly closed: Promise<never> } | null = null
  let waiting: Array<() => void> = []
  let pauseMs = firstPauseMs

  const open = (): void => {
    const socket = new WebSocket(new URL('/app', window.location.href.replace(/^http/, 'ws')))
    let refuse: (reason: GodwitError) => void = () => undefined
    const closed = new Promise<never>((_, reject) => (refuse = reject))
    closed.catch(() => undefined)
    socket.addEventListener('open', () => {
      pauseMs = firstPauseMs
      current = { calls: connectApp(channelOf(socket), events), closed }
      state.value = 'open'
      const resumed = waiting
      waiting = []
      for (const resume of resumed) resume()
    })
    socket.addEventListener('close', () => {
      refuse(new GodwitError('connection.lost', 'the connection to the program was lost before it answered; it is tried again'))
      current = null
      state.value = 'lost'
      window.setTimeout(open, pauseMs)
      pauseMs = Math.min(longestPauseMs, pauseMs * 2)
    })
  }
  open()

  const ask = async (name: keyof AppCalls, args: readonly unknown[]): Promise<unknown> => {
    while (current === null) await new Promise<void>((resume) => void waiting.push(resume))
    const call = current.calls[name] as (...args: readonly unknown[]) => Promise<unknown>
    return await Promise.race([call(...args), current.closed])
  }
  return new Proxy({} as AppCalls, {
    get: (_, name) => (typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => ask(name as keyof AppCalls, args) : undefined),
  })
}

function channelOf(socket: WebSocket): Channel {
  return {
    send: (message) => socket.send(message),
    receive: (receiver) => socket.addEventListener('message', (event: MessageEvent<string>) => receiver(event.data)),
  }
}
