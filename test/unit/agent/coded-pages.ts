/** A guest's memory with pages of every kind, and a destination that takes what the page coder makes of them. */

import type { CodedBatch } from '../../../src-main/agent/pages/page-coder.ts'
import { decodePage } from '../../../src-main/agent/pages/page-decoder.ts'
import { pageKinds } from '#shared/wire/frames.ts'

export const pageBytes = 4096

export const fillings = ['zero', 'similar', 'ordinary', 'random'] as const
export type Filling = (typeof fillings)[number]

/** Small and repeatable (xorshift). */
export function numbersFrom(seed: number): () => number {
  let state = seed * 2 + 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

export function sharedMemory(pages: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(pages * pageBytes))
}

export function pageOf(memory: Uint8Array, page: number): Uint8Array {
  return memory.subarray(page * pageBytes, (page + 1) * pageBytes)
}

const words = ['guest ', 'memory ', 'page ', 'of a ', 'running ', 'machine, ', 'written ', 'again. ']

export function fill(page: Uint8Array, filling: Filling, seed: number): void {
  const next = numbersFrom(seed)
  const view = new Uint32Array(page.buffer, page.byteOffset, page.byteLength / 4)
  switch (filling) {
    case 'zero':
      page.fill(0)
      return
    case 'similar':
      // Pointers into one place, such as a table of them.
      for (let i = 0; i < view.length; i++) view[i] = 0x7f3a_0000 + (next() % 256)
      return
    case 'ordinary': {
      let text = ''
      while (text.length < page.byteLength) text += `${words[next() % words.length] ?? ''}${next() % 1000}`
      page.set(new TextEncoder().encode(text).subarray(0, page.byteLength))
      return
    }
    case 'random':
      for (let i = 0; i < view.length; i++) view[i] = next()
  }
}

/** Takes a batch as the frames carry it: the table, then the bytes of all contents one after the other. */
export function receive({ table, contents, bytes }: CodedBatch, destination: Uint8Array): void {
  const wire = new Uint8Array(bytes)
  let end = 0
  for (const part of contents) {
    wire.set(part, end)
    end += part.byteLength
  }
  if (end !== bytes) throw new Error(`the contents have ${end} B, the batch says ${bytes}`)
  let start = 0
  for (let i = 0; i < table.count; i++) {
    const kind = pageKinds[table.kinds[i] ?? 0] ?? 'plain'
    const length = table.lengths[i] ?? 0
    // What the reader of frames insists on.
    const isFit = kind === 'plain' ? length === pageBytes : kind === 'zero' ? length === 0 : length > 0 && length < pageBytes
    if (!isFit) throw new Error(`a page coded as ${kind} has ${length} B`)
    decodePage(kind, wire.subarray(start, start + length), pageOf(destination, table.pages[i] ?? 0))
    start += length
  }
  if (start !== bytes) throw new Error(`the table has ${start} B, the contents ${bytes}`)
}

/** How many pages of a batch went as each kind. */
export function kindsOf({ table }: CodedBatch): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const kind of table.kinds) {
    const name = pageKinds[kind] ?? '?'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** Pages that are not the same in both; a list of them says more than two whole memories. */
export function differingPages(memory: Uint8Array, destination: Uint8Array): readonly number[] {
  const pages = Array.from({ length: memory.byteLength / pageBytes }, (_, page) => page)
  return pages.filter((page) => Buffer.compare(pageOf(memory, page), pageOf(destination, page)) !== 0)
}
