/**
 * What becomes of the pages of a batch before they are sent: markers for zeros, deltas, compressed pages, plain ones. The
 * real counterpart of `shared/sim/data-path.ts`, with the same rules and the same counts.
 *
 * The guest may write while its pages are coded. A page that it writes is in the dirty log and is sent again, so a mixture
 * of old and new does no harm at the destination, as long as both sides agree on what was sent: a page whose content is
 * kept for deltas is copied first, and the copy is coded, sent and kept. All other plain pages are sent from where they
 * lie, without a copy.
 */

import type { BytesByKind } from '#shared/model/migration-stats.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { encodeDelta } from '#shared/wire/delta.ts'
import { pageKinds, type PageTable, type WirePurpose } from '#shared/wire/frames.ts'
import type { CompressedPages } from './compressor-messages.ts'
import { CompressorThreads } from './compressor-threads.ts'
import { ContentList } from './content-list.ts'
import { CodedBytes, PageCopies } from './page-copies.ts'
import { SentContents } from './sent-contents.ts'
import { isZeroPage } from './zero-page.ts'

export interface CodingContext {
  readonly purpose: WirePurpose
  readonly iteration: number
  /** The guest is stopped and this is its last copy. */
  readonly isLast: boolean
}

/** A batch ready for a frame. Contents are views of the guest's memory, or buffers that nobody writes any more. */
export interface CodedBatch {
  readonly table: Omit<PageTable, 'purpose'>
  readonly contents: readonly Uint8Array[]
  /** Of all contents. */
  readonly bytes: number
  readonly zeroPages: number
}

/** Entry of a page in the table of its frame: all that a page of zeros takes. */
const entryBytes = 8

const plainKind = pageKinds.indexOf('plain')
const zeroKind = pageKinds.indexOf('zero')
const deltaKind = pageKinds.indexOf('delta')

/** A batch while it is coded. */
interface Draft {
  readonly table: { readonly count: number; readonly pages: Uint32Array; readonly kinds: Uint8Array; readonly lengths: Uint32Array }
  /** Where the content of entry i lies; compressed ones replace it. */
  readonly sources: Uint8Array[]
  readonly starts: Float64Array
  /** Entries still to be compressed, and where their threads find them. */
  readonly entries: number[]
  readonly where: number[]
  readonly copies: Uint8Array[]
  zeroPages: number
}

export class PageCoder {
  readonly #memory: Uint8Array
  readonly #words: Int32Array
  readonly #pageBytes: number
  readonly #marksZeros: boolean
  readonly #sent: SentContents | null
  readonly #threads: CompressorThreads | null
  readonly #copies: PageCopies
  readonly #deltas: CodedBytes
  readonly #bytes: Omit<Record<keyof BytesByKind, number>, 'other'> = { plain: 0, zero: 0, delta: 0, compressed: 0 }
  #compressedPages = 0
  #deltaHits = 0
  #deltaMisses = 0
  #deltaOverflows = 0
  #deltaSavedBytes = 0

  /** `memory`: all of the guest, shared with its thread, from a multiple of 4 bytes on. */
  constructor({ guest, optimisations }: Scenario, memory: Uint8Array) {
    const { pageSize } = guest
    const { zeroPages, delta, deltaCache, compression, compressionThreads } = optimisations
    this.#memory = memory
    this.#words = new Int32Array(memory.buffer, memory.byteOffset, memory.byteLength / 4)
    this.#pageBytes = pageSize
    this.#marksZeros = zeroPages !== 'off'
    this.#sent = delta ? new SentContents(deltaCache / pageSize, pageSize, memory.byteLength / pageSize) : null
    this.#threads = compression === 'none' ? null : new CompressorThreads(compressionThreads, { compression, memory, pageBytes: pageSize })
    this.#copies = new PageCopies(pageSize)
    this.#deltas = new CodedBytes(pageSize)
  }

  /** Processor time of the threads that compress; the rest is spent on the caller's thread. */
  get threadCpuMs(): number {
    return this.#threads?.cpuMs ?? 0
  }

  /** Codes a batch; at once unless a page of it is compressed. Batches must be sent in the order in which they are coded. */
  encode(pages: Int32Array, count: number, context: CodingContext): CodedBatch | Promise<CodedBatch> {
    const draft = this.#draft(pages, count)
    if (this.#marksZeros || this.#sent !== null || this.#threads !== null) for (let i = 0; i < count; i++) this.#code(draft, i, context)
    if (this.#threads === null || draft.entries.length === 0) return this.#finish(draft)
    return this.#compress(this.#threads, draft)
  }

  /** Bytes by kind are those of contents, and the markers of zeros; what else is on the wire only the connections know. */
  summary() {
    return {
      bytesByKind: { ...this.#bytes },
      compressedPages: this.#compressedPages,
      deltaHits: this.#deltaHits,
      deltaMisses: this.#deltaMisses,
      deltaOverflows: this.#deltaOverflows,
      deltaSavedBytes: this.#deltaSavedBytes,
    }
  }

  async close(): Promise<void> {
    await this.#threads?.close()
  }

  /** All pages plain, from where they lie. */
  #draft(pages: Int32Array, count: number): Draft {
    const table = { count, pages: Uint32Array.from(pages.subarray(0, count)), kinds: new Uint8Array(count).fill(plainKind), lengths: new Uint32Array(count).fill(this.#pageBytes) }
    const starts = new Float64Array(count)
    for (let i = 0; i < count; i++) starts[i] = (pages[i] ?? 0) * this.#pageBytes
    return { table, sources: new Array<Uint8Array>(count).fill(this.#memory), starts, entries: [], where: [], copies: [], zeroPages: 0 }
  }

  /** Decides on entry i, and leaves what is to be compressed to the threads. */
  #code(draft: Draft, i: number, context: CodingContext): void {
    const page = draft.table.pages[i] ?? 0
    const pageWords = this.#pageBytes / 4
    if (this.#marksZeros && isZeroPage(this.#words, page * pageWords, pageWords)) {
      draft.zeroPages++
      set(draft, i, { kind: zeroKind, length: 0, source: this.#memory, start: 0 })
      this.#sent?.keepZeros(page)
      return
    }
    const copied = this.#sent === null ? 'in place' : this.#codeDelta(this.#sent, draft, i, context)
    if (copied === 'coded' || this.#threads === null) return
    draft.entries.push(i)
    draft.where.push(copied === 'in place' ? page : -1 - copied)
  }

  /**
   * Tries a delta. As in the simulator, they begin after the first iteration, never in post-copy, and nothing enters the
   * cache in the last copy. `in place`: the page is not kept, so it need not be copied; a number: which of the copies.
   */
  #codeDelta(sent: SentContents, draft: Draft, i: number, { purpose, iteration, isLast }: CodingContext): 'coded' | 'in place' | number {
    const page = draft.table.pages[i] ?? 0
    const isTried = purpose === 'copy' && iteration > 0
    const isHit = isTried && sent.find(page, iteration)
    if (isTried && !isHit) {
      this.#deltaMisses++
      if (!isLast) sent.insert(page, iteration)
    }
    if (!sent.holds(page)) return 'in place'
    const start = page * this.#pageBytes
    const copy = this.#copies.copy(this.#memory.subarray(start, start + this.#pageBytes))
    const content = copy.buffer.subarray(copy.page * this.#pageBytes, (copy.page + 1) * this.#pageBytes)
    const isCoded = isHit && this.#writeDelta(draft, i, sent.contentOf(page), content)
    sent.keep(page, content)
    if (isCoded) {
      this.#copies.drop()
      return 'coded'
    }
    set(draft, i, { kind: plainKind, length: this.#pageBytes, source: copy.buffer, start: copy.page * this.#pageBytes })
    if (draft.copies.at(-1) !== copy.buffer) draft.copies.push(copy.buffer)
    return (draft.copies.length - 1) * this.#copies.pagesPerBuffer + copy.page
  }

  #writeDelta(draft: Draft, i: number, before: Uint8Array, after: Uint8Array): boolean {
    this.#deltaHits++
    const { buffer, start } = this.#deltas.room()
    const length = encodeDelta(before, after, buffer.subarray(start, start + this.#pageBytes))
    if (length < 0) {
      this.#deltaOverflows++
      return false
    }
    this.#deltas.advance(length)
    this.#deltaSavedBytes += this.#pageBytes - length
    set(draft, i, { kind: deltaKind, length, source: buffer, start })
    return true
  }

  async #compress(threads: CompressorThreads, draft: Draft): Promise<CodedBatch> {
    const parts = await threads.compress({ where: Int32Array.from(draft.where), copies: draft.copies, pagesPerCopy: this.#copies.pagesPerBuffer })
    let entry = 0
    for (const part of parts) {
      this.#takeCompressed(draft, entry, part)
      entry += part.kinds.length
    }
    return this.#finish(draft)
  }

  /** Answers for the entries to be compressed, from the `first` of them on. */
  #takeCompressed(draft: Draft, first: number, { kinds, lengths, bytes }: CompressedPages): void {
    let start = 0
    for (const [i, kind] of kinds.entries()) {
      const length = lengths[i] ?? 0
      if (kind !== plainKind) {
        set(draft, draft.entries[first + i] ?? 0, { kind, length, source: bytes, start })
        this.#compressedPages++
      }
      start += length
    }
  }

  #finish({ table, sources, starts, zeroPages }: Draft): CodedBatch {
    const list = new ContentList()
    for (const [i, source] of sources.entries()) {
      const kind = table.kinds[i] ?? plainKind
      const length = table.lengths[i] ?? 0
      list.add(source, starts[i] ?? 0, length)
      this.#bytes[kind === plainKind ? 'plain' : kind === zeroKind ? 'zero' : kind === deltaKind ? 'delta' : 'compressed'] += kind === zeroKind ? entryBytes : length
    }
    const contents = list.take()
    return { table, contents, bytes: list.bytes, zeroPages }
  }
}

function set({ table, sources, starts }: Draft, i: number, { kind, length, source, start }: { readonly kind: number; readonly length: number; readonly source: Uint8Array; readonly start: number }): void {
  table.kinds[i] = kind
  table.lengths[i] = length
  sources[i] = source
  starts[i] = start
}
