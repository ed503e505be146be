/**
 * Frames as a hostile or broken peer sends them: real ones, real ones with damage, and noise behind a plausible head. What a
 * reader makes of each is either what it says or a coded error, in bounded memory.
 */

import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { mix32 } from '#shared/sim/kernel/streams.ts'
import { applyDelta, encodeDelta } from '#shared/wire/delta.ts'
import { type FrameSink, FrameReader } from '#shared/wire/frame-reader.ts'
import { bitmapFrame, messageFrame, pagesHead, requestFrame, stateFrame } from '#shared/wire/frame-writer.ts'
import { type FrameLimits, pageKinds, type PageTable, purposes } from '#shared/wire/frames.ts'
import { exampleMessages, guestState, joined } from './wire.ts'

export interface FuzzOutcome {
  readonly frames: number
  /** What readers told their sinks: messages, batches, bitmaps, requests, states. */
  readonly accepted: number
  /** Faults by code. */
  readonly refused: Readonly<Record<string, number>>
  /** The most that a reader held for what had not come whole. */
  readonly heldBytes: number
}

/** Small pages, so that most of a frame is what a reader has to judge. */
const limits: FrameLimits = { messageBytes: 256 << 10, pageCount: 300, pageBytes: 64, batchPages: 16 }
const scratchBytes = 64 << 10

interface FuzzOptions {
  readonly frames: number
  readonly seed: number
}

/** Throws, with the frame's number, at the first thing that no reader may do. */
export function fuzzReader(options: FuzzOptions): FuzzOutcome {
  const { stackTraceLimit } = Error
  // Most of the time would go into traces of refusals that nobody reads.
  Error.stackTraceLimit = 0
  try {
    return fuzz(options)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function fuzz({ frames, seed }: FuzzOptions): FuzzOutcome {
  const draw = drawing(seed)
  const real = realFrames(draw)
  const sink = new CheckingSink()
  const refused: Record<string, number> = {}
  let heldBytes = 0
  let reader = new FrameReader(sink, limits)
  for (let frame = 0; frame < frames; frame++) {
    const bytes = hostileFrame(real, draw)
    try {
      heldBytes = Math.max(heldBytes, feed(reader, bytes, sink.memory, draw))
      // A frame may leave the reader in the middle of something; from time to time the peer goes away there.
      if (draw(8) === 0) reader = new FrameReader(sink, limits)
    } catch (error) {
      if (!(error instanceof GodwitError) || !error.code.startsWith('wire.')) throw new Error(`frame ${frame} of seed ${seed} was no coded error: ${Buffer.from(bytes).toString('hex')}`, { cause: error })
      refused[error.code] = (refused[error.code] ?? 0) + 1
      reader = new FrameReader(sink, limits)
    }
  }
  return { frames, accepted: sink.accepted, refused, heldBytes }
}

/** In up to three pieces. Returns the most bytes that the reader held. */
function feed(reader: FrameReader, bytes: Uint8Array, memory: Uint8Array, draw: Draw): number {
  const pieces = 1 + draw(3)
  let heldBytes = 0
  for (let piece = 0, at = 0; piece < pieces; piece++) {
    const end = piece === pieces - 1 ? bytes.byteLength : at + draw(bytes.byteLength - at + 1)
    while (at < end) {
      const room = reader.buffer()
      if (room.buffer !== memory.buffer) heldBytes = Math.max(heldBytes, room.buffer.byteLength)
      if (room.byteLength === 0 || heldBytes > Math.max(limits.messageBytes, scratchBytes)) throw new Error(`a reader gave out ${room.byteLength} bytes and holds ${heldBytes}`)
      const count = Math.min(room.byteLength, end - at)
      room.set(bytes.subarray(at, at + count))
      reader.advance(count)
      at += count
    }
  }
  return heldBytes
}

/** Believes nothing that a reader tells it. */
class CheckingSink implements FrameSink {
  readonly memory = new Uint8Array(new SharedArrayBuffer(limits.pageCount * limits.pageBytes))
  accepted = 0

  message(): void {
    this.accepted++
  }

  target(page: number): Uint8Array {
    check(page < limits.pageCount, `page ${page}`)
    return this.memory.subarray(page * limits.pageBytes, (page + 1) * limits.pageBytes)
  }

  coded(page: number, kind: number, bytes: Uint8Array): void {
    const name = pageKinds[kind]
    check(name !== undefined && name !== 'plain', `kind ${kind}`)
    check(name === 'zero' ? bytes.byteLength === 0 : bytes.byteLength >= 1 && bytes.byteLength < limits.pageBytes, `${bytes.byteLength} bytes of ${name ?? '?'}`)
    if (name === 'delta') applyDelta(bytes, this.target(page))
  }

  pages({ count, pages, kinds, lengths }: PageTable): void {
    check(count >= 1 && count <= limits.batchPages && pages.length === count && kinds.length === count && lengths.length === count, `a batch of ${count}`)
    this.accepted++
  }

  bitmap(words: Uint32Array, pageCount: number): void {
    check(pageCount === limits.pageCount && words.length === Math.ceil(pageCount / 32), `a bitmap of ${pageCount}`)
    this.accepted++
  }

  request(page: number): void {
    check(page < limits.pageCount, `a request of ${page}`)
    this.accepted++
  }

  state(_json: unknown, bytes: number): void {
    check(bytes >= 5 && bytes <= limits.messageBytes, `a state of ${bytes}`)
    this.accepted++
  }
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`a reader told of ${what}`)
}

/** An integer from 0 up to, not including, `bound`. */
type Draw = (bound: number) => number

function drawing(seed: number): Draw {
  let n = mix32(seed)
  return (bound) => {
    n = (n + 0x9e3779b9) | 0
    return Math.floor((mix32(n) / 2 ** 32) * bound)
  }
}

function realFrames(draw: Draw): readonly Uint8Array[] {
  const some = new Bitmap(limits.pageCount)
  some.addRange(17, 200)
  return [
    ...exampleMessages.map(messageFrame),
    ...Array.from({ length: 16 }, () => batch(draw)),
    bitmapFrame(some),
    requestFrame(limits.pageCount - 1),
    stateFrame(guestState, 0),
    stateFrame(guestState, 1024),
  ]
}

function batch(draw: Draw): Uint8Array {
  const count = 1 + draw(limits.batchPages)
  const contents = Array.from({ length: count }, () => content(draw))
  const first = draw(limits.pageCount - count)
  const table: PageTable = {
    purpose: purposes[draw(purposes.length)] ?? 'copy',
    count,
    pages: Uint32Array.from(contents, (_, i) => first + i),
    kinds: Uint8Array.from(contents, ({ kind }) => kind),
    lengths: Uint32Array.from(contents, ({ bytes }) => bytes.byteLength),
  }
  return joined([pagesHead(table), ...contents.map(({ bytes }) => bytes)])
}

function content(draw: Draw): { readonly kind: number; readonly bytes: Uint8Array } {
  const kind = draw(pageKinds.length)
  const noise = Uint8Array.from({ length: limits.pageBytes }, () => draw(256))
  switch (pageKinds[kind]) {
    case 'plain':
      return { kind, bytes: noise }
    case 'zero':
      return { kind, bytes: new Uint8Array(0) }
    case 'delta': {
      const after = noise.slice()
      for (let i = 0; i < 3; i++) after[draw(after.length)] = draw(256)
      const into = new Uint8Array(limits.pageBytes)
      return { kind, bytes: into.slice(0, encodeDelta(noise, after, into)) }
    }
    default:
      return { kind, bytes: noise.slice(0, 1 + draw(limits.pageBytes - 1)) }
  }
}

/** Longer than the scratch of a reader, so that it has to be gathered. */
const longFrame = messageFrame({ kind: 'event', event: 'long', body: 'x'.repeat(150_000) })

function hostileFrame(real: readonly Uint8Array[], draw: Draw): Uint8Array {
  const frame = draw(2000) === 0 ? longFrame : (real[draw(real.length)] ?? new Uint8Array(0))
  const way = draw(10)
  if (way < 2) return frame
  if (way < 4) return noise(draw)
  if (way < 5) return frame.slice(0, draw(frame.byteLength))
  if (way < 6) return withWord(frame.slice(), draw)
  const damaged = frame.slice()
  for (let i = draw(4); i >= 0; i--) {
    // Half of the damage hits the numbers at the beginning.
    const at = draw(2) === 0 ? draw(Math.min(32, damaged.byteLength)) : draw(damaged.byteLength)
    damaged[at] = draw(2) === 0 ? (damaged[at] ?? 0) ^ (1 << draw(8)) : draw(256)
  }
  return damaged
}

const telling = [0, 1, 2, 15, 16, 17, 63, 64, 65, 299, 300, 301, 0x7fffffff, 0x80000000, 0xffffffff, limits.messageBytes, limits.messageBytes + 1]

/** One number of the frame becomes one at the edge of what is allowed. */
function withWord(frame: Uint8Array, draw: Draw): Uint8Array {
  const at = 4 * draw(Math.min(10, frame.byteLength >>> 2))
  new DataView(frame.buffer).setUint32(at, telling[draw(telling.length)] ?? 0, true)
  return frame
}

/** Any bytes, mostly behind a head that a reader goes beyond. */
function noise(draw: Draw): Uint8Array {
  const bytes = new Uint8Array(draw(120))
  for (let i = 0; i < bytes.length; i++) bytes[i] = draw(256)
  if (bytes.byteLength < 16 || draw(4) === 0) return bytes
  const view = new DataView(bytes.buffer)
  view.setUint32(0, draw(2) === 0 ? bytes.byteLength - 8 : draw(2000), true)
  view.setUint32(4, draw(6), true)
  if (draw(2) === 0) view.setUint32(8, draw(5), true)
  if (draw(2) === 0) view.setUint32(12, draw(18), true)
  return bytes
}
