/** A guest that writes while its pages are coded: both sides still agree on what was sent. */

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { PageCoder } from '../../../src-main/agent/pages/page-coder.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'
import { differingPages, fill, pageBytes, pageOf, receive, sharedMemory } from './coded-pages.ts'

const guestPages = 32
const all = Int32Array.from({ length: guestPages }, (_, page) => page)

/**
 * Writes counters all over each page in turn, and zeros now and then. Orders are numbered, so that none is taken for
 * another: odd, stand still and say so; even, run; below zero, end.
 */
const guestCode = `
  const { workerData: { memory, control, pageBytes }, parentPort } = require('node:worker_threads')
  const words = new Uint32Array(memory.buffer)
  const pageWords = pageBytes / 4
  const pages = words.length / pageWords
  for (let n = 0; ; n++) {
    const order = Atomics.load(control, 0)
    if (order < 0) break
    if (order % 2 === 1) {
      parentPort.postMessage(order)
      while (Atomics.load(control, 0) === order) Atomics.wait(control, 0, order)
      continue
    }
    const start = (n % pages) * pageWords
    for (let i = n % 5; i < pageWords; i += 9) words[start + i] = n
    if (n % 101 === 0) words.fill(0, start, start + pageWords)
  }
`

interface RunningGuest {
  readonly run: () => void
  readonly standStill: () => Promise<void>
  readonly end: () => Promise<unknown>
}

function startGuest(memory: Uint8Array): RunningGuest {
  const control = new Int32Array(new SharedArrayBuffer(4))
  const guest = new Worker(guestCode, { eval: true, workerData: { memory, control, pageBytes } })
  const ended = new Promise((resolve, reject) => guest.once('exit', resolve).once('error', reject))
  let lastOrder = 0
  const give = (order: number): void => {
    Atomics.store(control, 0, order)
    Atomics.notify(control, 0)
  }
  return {
    run: () => give(++lastOrder),
    standStill: async () => {
      const order = ++lastOrder
      const answer = once(guest, 'message')
      give(order)
      const [answered] = await answer
      if (answered !== order) throw new Error(`the guest answered ${String(answered)} to order ${order}`)
    },
    end: () => {
      give(-1)
      return ended
    },
  }
}

describe('a guest that writes while its pages are coded', () => {
  it.each(['none', 'zlib', 'lz4', 'zstd', 'adaptive'] as const)('never makes the cache differ from what was sent (compression: %s)', async (compression) => {
    const memory = sharedMemory(guestPages)
    for (const page of all) fill(pageOf(memory, page), 'ordinary', page + 1)
    const destination = sharedMemory(guestPages)
    const scenario = scenarioOf({ guest: { memory: `${guestPages * 4} KiB`, nonPageable: '0 B', deviceState: '4 KiB' }, strategy: { kind: 'precopy' }, optimisations: { delta: true, deltaCache: '128 KiB', zeroPages: 'marker', compression, compressionThreads: 2 } })
    const coder = new PageCoder(scenario, memory)
    let iteration = 0
    const copy = async (): Promise<void> => receive(await coder.encode(all, guestPages, { purpose: 'copy', iteration: iteration++, isLast: false }), destination)
    const guest = startGuest(memory)
    try {
      for (let round = 0; round < 30; round++) {
        for (let i = 0; i < 5; i++) await copy()
        await guest.standStill()
        // What a delta adds to what is there must give the guest's memory, to the bit.
        await copy()
        expect(differingPages(memory, destination)).toEqual([])
        guest.run()
      }
      expect(coder.summary().deltaHits).toBeGreaterThan(guestPages)
    } finally {
      await guest.end()
      await coder.close()
    }
  })
})
