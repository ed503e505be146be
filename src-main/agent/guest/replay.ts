/**
 * Proves the memory of a stopped guest: takes back every write that was made, in any order, and compares what is left
 * with what memory held at first.
 */

import type { OperationStream } from '#shared/sim/memory/operation-stream.ts'
import type { GuestState } from '#shared/wire/messages.ts'
import type { Verification } from './contract.ts'
import type { PageContent } from './page-content.ts'
import { hasBit, type SharedGuest } from './shared-guest.ts'
import type { WrittenValues } from './written-values.ts'

interface ReplayParts {
  readonly shared: SharedGuest
  readonly streams: readonly OperationStream[]
  readonly values: readonly WrittenValues[]
  readonly content: PageContent
}

const examplePages = 10

interface Taking {
  readonly word: number
  readonly value: number
}

export function verifyMemory(parts: ReplayParts, state: Pick<GuestState, 'executed' | 'deferred'>): Verification {
  const { shared, content } = parts
  const takingOf = takeBack(parts, state)
  const expected = new Int32Array(shared.pageWords)
  const expectedBytes = Buffer.from(expected.buffer)
  const examples: number[] = []
  let comparedPages = 0
  let differingPages = 0
  for (let page = 0; page < shared.pageCount; page++) {
    if (hasBit(shared.bits('released'), page)) continue
    const taking = takingOf(page)
    if (taking === null) content.fill(page, expected, 0)
    else {
      expected.fill(0)
      expected[taking.word] = taking.value
    }
    comparedPages++
    const isEqual = expectedBytes.equals(shared.bytes.subarray(page * shared.pageBytes, (page + 1) * shared.pageBytes))
    if (isEqual) continue
    differingPages++
    if (examples.length < examplePages) examples.push(page)
  }
  return { comparedPages, differingPages, examples }
}

/** Takes the writes out of memory; returns what the last taking of a page wrote, null for a page that was never taken. */
function takeBack({ shared, streams, values }: ReplayParts, { executed, deferred }: Pick<GuestState, 'executed' | 'deferred'>): (page: number) => Taking | null {
  const { words, pageWords, pageCount } = shared
  const hasTakings = streams.some(({ does }) => does === 'take')
  const lastTaking = new Float64Array(hasTakings ? pageCount : 0).fill(-1)
  for (const [index, stream] of streams.entries()) {
    const drawn = values[index]
    if (stream.does === 'read' || drawn === undefined) continue
    const waiting = new Set(deferred.filter(([of]) => of === index).map(([, k]) => k))
    const count = executed[index] ?? 0
    // Of takings only the last of each page counts.
    const first = stream.does === 'take' ? Math.max(0, count - (stream.endPage - stream.firstPage) * (1 + waiting.size)) : 0
    for (let k = first; k < count; k++) {
      if (waiting.size > 0 && waiting.has(k)) continue
      const page = stream.page(k)
      if (stream.does === 'take') lastTaking[page] = k
      else if (stream.isWrite(k)) {
        const place = page * pageWords + drawn.word(k)
        words[place] = (words[place] ?? 0) - drawn.value(k)
      }
    }
  }
  const takers = streams.flatMap(({ does, firstPage, endPage }, index) => (does === 'take' ? [{ firstPage, endPage, drawn: values[index] }] : []))
  return (page) => {
    const k = lastTaking[page] ?? -1
    if (k < 0) return null
    const drawn = takers.find(({ firstPage, endPage }) => page >= firstPage && page < endPage)?.drawn
    return drawn === undefined ? null : { word: drawn.word(k), value: drawn.value(k) }
  }
}
