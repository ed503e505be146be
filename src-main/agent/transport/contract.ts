/** Connections between agents as the data path uses them: authenticated, framed, and at the pace of the link. */

import type { FrameLimits, PageTable, WirePurpose } from '#shared/wire/frames.ts'
import type { FrameSink } from '#shared/wire/frame-reader.ts'
import type { Message } from '#shared/wire/messages.ts'
import type { Flow, Outlet } from './flow.ts'

/** The link that the agents imitate; null: as fast as the network is. One object for each direction, shared by all connections of a migration. */
export interface ShapedLinkOptions {
  /** Bits per second. */
  readonly bandwidth: number
  /** Nanoseconds that everything takes on its way beside its own length. */
  readonly latencyNs: number
  /** Mean of a further delay that varies, nanoseconds. */
  readonly jitterNs: number
  /** Share of packets lost; each loss delays what follows by a round trip and a retransmission time-out. */
  readonly loss: number
  /** Traffic of others, bits per second: taken from the bandwidth as the fair share has it. */
  readonly background: number
  readonly seed: number
}

export interface SendOptions {
  /** Bits per second that this send asks for at most; absent: all it can get. */
  readonly rate?: number | undefined
  /** Bytes that the link is charged beside those of the frame (link.perPage, link.perBatch). */
  readonly extraBytes?: number | undefined
}

/** A connection whose peer has proved who it is. */
export interface AgentConnection {
  /** Name of the peer as it proved it: subject of its certificate, identity of its key, or `local`. */
  readonly peer: string
  /** From now on frames go to this sink; those that came before wait for it. */
  receive(sink: FrameSink): void
  setLimits(limits: FrameLimits): void
  /** The link over which this connection sends from now on. Control connections have none. */
  sendOver(link: ShapedLink | null): void
  /** Sends in the order of the calls. Resolves when the last byte has left at the pace of the link (before its latency); rejects when the connection is gone. The parts must not change until then, unless a change is of no matter. */
  message(message: Message, options?: SendOptions): Promise<void>
  frame(parts: readonly Uint8Array[], options?: SendOptions): Promise<void>
  /** Bytes handed to the link so far, heads and `extraBytes` among them. */
  readonly sentBytes: number
  /** Resolves with what ended it, once: null if it was `end`ed here or by the peer in good order, or destroyed here without an error. */
  readonly closed: Promise<Error | null>
  /** Silence for longer than this ends the connection with `agent.silent`; null: never. Signs of life are sent by themselves. */
  setTimeout(ns: number | null): void
  /** The peer's clock minus ours, by the shortest of `count` round trips; frames must be received. */
  measureOffset(count: number): Promise<{ readonly offsetNs: number; readonly roundTripNs: number }>
  /** Nothing is sent nor read from now on, as if the cable were out; what was on its way waits. */
  blackout(on: boolean): void
  /** After what was sent has left. */
  end(): Promise<void>
  destroy(error?: Error): void
}

export interface ShapedLink {
  /** Bits per second that it would carry for one sender now. */
  readonly capacity: number
  /** Traffic of the guest itself, bits per second, that takes its fair share. */
  setGuestDemand(bitsPerSecond: number): void
  /** Bits of it carried so far. */
  readonly guestBits: number
  /** A connection that sends over it from now on. */
  open(outlet: Outlet): Flow
}

/** Who may connect, and how both sides prove it. */
export type Credentials =
  /** A key that both have; without encryption, so on loopback only. */
  | { readonly kind: 'token'; readonly token: string }
  /** TLS with a key that both have. */
  | { readonly kind: 'psk'; readonly identity: string; readonly key: Uint8Array }
  /** TLS with certificates of one authority, PEM. */
  | { readonly kind: 'certificate'; readonly authority: string; readonly certificate: string; readonly key: string }

export type { FrameLimits, FrameSink, Message, PageTable, WirePurpose }
