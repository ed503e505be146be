/** How fast frames are read and pages coded as deltas, and ten million hostile frames. */

import { applyDelta, encodeDelta } from '#shared/wire/delta.ts'
import { FrameReader } from '#shared/wire/frame-reader.ts'
import { pagesHead } from '#shared/wire/frame-writer.ts'
import { type FrameLimits, pageKinds } from '#shared/wire/frames.ts'
import { joined, RecordingSink } from '../helpers/wire.ts'
import { fuzzReader } from '../helpers/wire-fuzz.ts'
import { type Benchmark, type Finding, median } from './benchmark.ts'

export const wireBenchmarks: readonly Benchmark[] = [
  { name: 'wire', title: 'reading batches of 1,024 pages of 4 KiB, and deltas of pages', measure: measureWire },
  { name: 'wire-fuzz', title: 'ten million hostile frames', measure: measureFuzz },
]

const repetitions = 7
const pageBytes = 4096
const batchPages = 1024
/** A guest of 1 GiB: more than the caches hold. */
const limits: FrameLimits = { messageBytes: 1 << 20, pageCount: 1 << 18, pageBytes, batchPages }
const hostileFrames = 10_000_000

/** Gigabytes a second of CPU time, median of the repetitions. */
function speedOf(bytes: number, work: () => void): number {
  const speeds: number[] = []
  for (let i = 0; i < repetitions; i++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    speeds.push(bytes / 1e3 / (user + system))
  }
  return median(speeds)
}

function headOf(pages: Uint32Array): Uint8Array {
  return pagesHead({ purpose: 'copy', count: pages.length, pages, kinds: new Uint8Array(pages.length).fill(pageKinds.indexOf('plain')), lengths: new Uint32Array(pages.length).fill(pageBytes) })
}

/** Reads the whole guest once; `stride` 1: neighbouring pages, otherwise pages that lie so far apart. */
function readGuest(stride: number): number {
  const sink = new RecordingSink(limits)
  sink.pages = () => undefined
  const content = new Uint8Array(batchPages * pageBytes).fill(0x5a)
  const heads = Array.from({ length: limits.pageCount / batchPages }, (_, batch) =>
    headOf(Uint32Array.from({ length: batchPages }, (_unused, i) => ((batch * batchPages + i) * stride) % limits.pageCount)),
  )
  return speedOf(limits.pageCount * pageBytes, () => {
    const reader = new FrameReader(sink, limits)
    for (const head of heads) {
      reader.push(head)
      reader.push(content)
    }
  })
}

/** Batches as a socket delivers them, in pieces of 64 KiB that begin and end anywhere. */
function readPieces(): number {
  const sink = new RecordingSink(limits)
  sink.pages = () => undefined
  const frame = joined([headOf(Uint32Array.from({ length: batchPages }, (_, i) => i)), new Uint8Array(batchPages * pageBytes).fill(0x5a)])
  const rounds = 128
  return speedOf(rounds * batchPages * pageBytes, () => {
    const reader = new FrameReader(sink, limits)
    for (let round = 0; round < rounds; round++) for (let at = 0; at < frame.byteLength; at += 65_536) reader.push(frame.subarray(at, at + 65_536))
  })
}

/** Pages of which some words were written. */
function codeDeltas(writesOfEach: number): { readonly encode: number; readonly apply: number } {
  const pages = 4096
  const before = new Uint8Array(pages * pageBytes).map((_, i) => Math.imul(i, 0x9e3779b1) >>> 24)
  const after = before.slice()
  for (let i = 0; i < pages * writesOfEach; i++) after.fill(i, (Math.imul(i, 0x85ebca6b) >>> 8) & (after.length - 4), ((Math.imul(i, 0x85ebca6b) >>> 8) & (after.length - 4)) + 4)
  const deltas = Array.from({ length: pages }, () => new Uint8Array(pageBytes))
  const lengths = new Int32Array(pages)
  const pageOf = (memory: Uint8Array, page: number): Uint8Array => memory.subarray(page * pageBytes, (page + 1) * pageBytes)
  const encode = speedOf(pages * pageBytes, () => {
    for (const [page, delta] of deltas.entries()) lengths[page] = encodeDelta(pageOf(before, page), pageOf(after, page), delta)
  })
  const apply = speedOf(pages * pageBytes, () => {
    for (const [page, delta] of deltas.entries()) applyDelta(delta.subarray(0, lengths[page]), pageOf(before, page))
  })
  if (Buffer.compare(before, after) !== 0) throw new Error('the deltas did not make the new contents')
  return { encode, apply }
}

async function measureWire(): Promise<readonly Finding[]> {
  const few = codeDeltas(8)
  const many = codeDeltas(128)
  const unit = 'GB/s'
  return [
    { what: 'push, neighbouring pages', value: readGuest(1), unit },
    { what: 'push, pages apart', value: readGuest(3), unit },
    { what: 'push, pieces of 64 KiB into the same 4 MiB', value: readPieces(), unit },
    { what: 'deltas made, 8 words of a page written', value: few.encode, unit },
    { what: 'deltas applied, 8 words', value: few.apply, unit },
    { what: 'deltas made, 128 words of a page written', value: many.encode, unit },
    { what: 'deltas applied, 128 words', value: many.apply, unit },
  ]
}

async function measureFuzz(): Promise<readonly Finding[]> {
  const start = performance.now()
  const { accepted, refused, heldBytes } = fuzzReader({ frames: hostileFrames, seed: 20 })
  const seconds = (performance.now() - start) / 1000
  return [
    { what: 'hostile frames', value: hostileFrames, unit: '' },
    { what: 'accepted parts', value: accepted, unit: '' },
    ...Object.entries(refused).map(([code, value]) => ({ what: `refused as ${code}`, value, unit: '' })),
    { what: 'most held by a reader', value: heldBytes, unit: 'bytes' },
    { what: 'time', value: seconds, unit: 's' },
  ]
}
