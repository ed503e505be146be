/**
 * What the agent's thread and the guest's thread share: the memory, and the account of it.
 *
 * Ordering: bits and control words are read and changed with Atomics only. The guest writes to memory with an atomic
 * operation and looks at the dirty bit of the page after it; the agent takes the bit before it copies the page. So a write
 * that a copy lacks is in the log. Memory of a missing page is written by the agent's thread alone until the page is
 * marked present. Figures and settings are single aligned numbers of 64 bits, each with one writer at a time: the agent
 * writes figures only while the guest stands still.
 */

import { GodwitError } from '#shared/model/godwit-error.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'

/** Sets of pages, one bit each. */
const bitNames = ['present', 'dirty', 'fresh', 'predicted', 'released'] as const
export type BitName = (typeof bitNames)[number]

export const controlWord = {
  /** 0: the guest's thread looks at its mail before it does anything else. */
  mayRun: 0,
  /** Counts events that end a wait: mail, pages that arrived. */
  bell: 1,
  /** Counts messages to the guest's thread. */
  mail: 2,
  /** 1: written pages are recorded. */
  isTracked: 3,
  /** Threads of the guest that wait for a page. */
  blocked: 4,
  releasedPages: 5,
} as const

const figureNames = ['guestNs', 'serviceNs', 'operations', 'writes', 'writeFaults', 'beats', 'majorFaults', 'minorFaults', 'stunned', 'balloonPages', 'balloonLostMs', 'cacheLostMs'] as const
export type FigureName = (typeof figureNames)[number]

/** Nanoseconds for each first write to a page after a clean, and shares of the guest's time. */
const settingNames = ['writeFaultNs', 'throttleShare', 'migrationShare'] as const
export type SettingName = (typeof settingNames)[number]

/** Passed to the guest's thread as it is. */
export interface SharedBuffers {
  readonly memory: SharedArrayBuffer
  readonly account: SharedArrayBuffer
}

const controlBytes = 64

/** Throws GodwitError `agent.no-room` if this host cannot give that much. */
export function allocateGuest({ guest }: Scenario): SharedBuffers {
  const pageCount = guest.memory / guest.pageSize
  try {
    const accountBytes = controlBytes + (figureNames.length + settingNames.length) * 8 + bitNames.length * wordsFor(pageCount) * 4
    return { memory: new SharedArrayBuffer(guest.memory), account: new SharedArrayBuffer(accountBytes) }
  } catch (cause) {
    throw new GodwitError('agent.no-room', `this host cannot give a guest ${guest.memory} B of memory; choose a smaller guest`, { cause })
  }
}

/** An even number, so that whatever follows stays aligned to 64 bits. */
function wordsFor(pageCount: number): number {
  return Math.ceil(pageCount / 64) * 2
}

export class SharedGuest {
  readonly buffers: SharedBuffers
  readonly pageCount: number
  readonly pageBytes: number
  readonly pageWords: number
  readonly bytes: Uint8Array
  readonly words: Int32Array
  readonly control: Int32Array
  readonly #bits: Readonly<Record<BitName, Int32Array>>
  readonly #figures: Float64Array
  readonly #settings: Float64Array

  /** `pageCount`: for what is left of a guest without its memory. */
  constructor(buffers: SharedBuffers, pageBytes: number, pageCount = buffers.memory.byteLength / pageBytes) {
    const { memory, account } = buffers
    this.buffers = buffers
    this.pageBytes = pageBytes
    this.pageWords = pageBytes / 4
    this.pageCount = pageCount
    this.bytes = new Uint8Array(memory)
    this.words = new Int32Array(memory)
    this.control = new Int32Array(account, 0, controlBytes / 4)
    this.#figures = new Float64Array(account, controlBytes, figureNames.length)
    this.#settings = new Float64Array(account, controlBytes + figureNames.length * 8, settingNames.length)
    const firstBits = controlBytes + (figureNames.length + settingNames.length) * 8
    const words = wordsFor(this.pageCount)
    const bitsAt = (index: number): Int32Array => new Int32Array(account, firstBits + index * words * 4, words)
    this.#bits = Object.fromEntries(bitNames.map((name, index) => [name, bitsAt(index)])) as Record<BitName, Int32Array>
  }

  bits(name: BitName): Int32Array {
    return this.#bits[name]
  }

  figure(name: FigureName): number {
    return this.#figures[figureNames.indexOf(name)] ?? 0
  }

  setFigure(name: FigureName, value: number): void {
    this.#figures[figureNames.indexOf(name)] = value
  }

  setting(name: SettingName): number {
    return this.#settings[settingNames.indexOf(name)] ?? 0
  }

  setSetting(name: SettingName, value: number): void {
    this.#settings[settingNames.indexOf(name)] = value
  }

  /** Ends whatever wait the guest's thread is in. */
  ring(): void {
    Atomics.add(this.control, controlWord.bell, 1)
    Atomics.notify(this.control, controlWord.bell)
    Atomics.notify(this.control, controlWord.mayRun)
  }
}

export function hasBit(bits: Int32Array, page: number): boolean {
  return ((Atomics.load(bits, page >>> 5) >>> (page & 31)) & 1) === 1
}

/** True if the page was not in the set. */
export function addBit(bits: Int32Array, page: number): boolean {
  const mask = 1 << (page & 31)
  return (Atomics.or(bits, page >>> 5, mask) & mask) === 0
}

/** True if the page was in the set. */
export function removeBit(bits: Int32Array, page: number): boolean {
  const mask = 1 << (page & 31)
  return (Atomics.and(bits, page >>> 5, ~mask) & mask) !== 0
}

/** The same at once, while the guest stands still: it is part of the downtime. */
export function fillBits(bits: Int32Array, pageCount: number, value: boolean): void {
  bits.fill(0)
  if (!value) return
  const whole = Math.floor(pageCount / 32)
  bits.fill(-1, 0, whole)
  if (whole < bits.length) bits[whole] = wholeWord(whole, pageCount)
}

/** Adds every page there is, or removes every one. */
export function setAllBits(bits: Int32Array, pageCount: number, value: boolean): void {
  for (let word = 0; word < bits.length; word++) Atomics.store(bits, word, value ? wholeWord(word, pageCount) : 0)
}

/** The bits of a word that stand for pages. */
export function wholeWord(word: number, pageCount: number): number {
  const pages = pageCount - word * 32
  return pages >= 32 ? -1 : pages <= 0 ? 0 : (1 << pages) - 1
}

export function bitsInWord(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
