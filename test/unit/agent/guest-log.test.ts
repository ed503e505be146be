/**
 * The log of written pages against an agent that comes between any two steps of the guest: after every operation, a page
 * whose copy is old is in the log. What lets that hold on real processors is held too: memory is changed by an atomic
 * operation, and the log is looked at after it.
 */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { operationStreams } from '#shared/sim/guests/workload-sources.ts'
import { GuestClock } from '../../../src-main/agent/guest/guest-clock.ts'
import { Operations } from '../../../src-main/agent/guest/operations.ts'
import { PageContent } from '../../../src-main/agent/guest/page-content.ts'
import { ReleasedPages } from '../../../src-main/agent/guest/released-pages.ts'
import { addBit, allocateGuest, controlWord, hasBit, setAllBits, SharedGuest } from '../../../src-main/agent/guest/shared-guest.ts'
import { DirtyLimit } from '../../../src-main/agent/guest/slowing.ts'
import { WaitingOperations } from '../../../src-main/agent/guest/waiting-operations.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

function guestHere(): { readonly shared: SharedGuest; readonly operations: Operations; readonly pageOf: (kind: Change) => number; readonly change: (kind: Change) => void } {
  const scenario = scenarioOf({
    guest: { memory: '1 MiB', freeMemory: '256 KiB', pageCache: '128 KiB', nonPageable: '0 B', deviceState: '4 KiB' },
    balloon: { kind: 'self-ballooning', reserve: '0 B', releasePageCache: true, cacheReads: '10 pages/s' },
    workload: { kind: 'uniform', writes: '1000 pages/s', workingSet: '256 KiB', allocation: '128 KiB' },
  })
  const shared = new SharedGuest(allocateGuest(scenario), 4096)
  setAllBits(shared.bits('present'), shared.pageCount, true)
  Atomics.store(shared.control, controlWord.mayRun, 1)
  const streams = operationStreams(scenario, 1)
  const clock = new GuestClock(shared)
  const released = new ReleasedPages(scenario, 1, shared)
  released.restore({ guestNs: 0, sleptNs: [] })
  released.writeBits()
  const content = new PageContent(scenario, 1, streams)
  const waiting = new WaitingOperations({ scenario, shared, clock, request: () => undefined })
  const operations = new Operations({ scenario, seed: 1, shared, streams, processes: [{ isWatched: true, asleep: false, sleptNs: 0, writeFaults: 0 }], clock, waiting, released, content, limit: new DirtyLimit(scenario) })
  const streamOf = (kind: Change): number => streams.findIndex(({ does }) => does === kind)
  const pageOf = (kind: Change): number => (kind === 'disk' ? 170 : (streams[streamOf(kind)]?.page(0) ?? -1))
  const change = (kind: Change): void => {
    if (kind === 'disk') operations.readFromDisk(pageOf(kind))
    else operations.make(streamOf(kind), 0)
  }
  return { shared, operations, pageOf, change }
}

const changes = ['write', 'take', 'disk'] as const
type Change = (typeof changes)[number]

const atomics = ['load', 'store', 'add', 'sub', 'and', 'or', 'exchange'] as const

/** Calls `step` before every atomic operation. */
function beforeAtomics(step: (name: (typeof atomics)[number], array: unknown) => void): void {
  for (const name of atomics) {
    const original = Atomics[name] as (...args: unknown[]) => number
    vi.spyOn(Atomics, name as 'load').mockImplementation(((...args: unknown[]) => {
      step(name, args[0])
      return original(...args)
    }) as typeof Atomics.load)
  }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the log of written pages', () => {
  it.each(changes.flatMap((kind) => [[kind, true, 'take'] as const, [kind, false, 'take'] as const, [kind, false, 'begin'] as const]))('has every page whose copy is old (%s, in the log before: %s, the agent comes to %s)', (kind, isLogged, what) => {
    let met = 0
    for (let at = 0; ; at++) {
      const { shared, change, pageOf } = guestHere()
      const page = pageOf(kind)
      const words = shared.words.subarray(page * 1024, (page + 1) * 1024)
      let copy = words.slice()
      if (what === 'take') Atomics.store(shared.control, controlWord.isTracked, 1)
      if (isLogged) addBit(shared.bits('dirty'), page)
      let step = 0
      let isInside = false
      const agentComes = (): void => {
        isInside = true
        if (what === 'begin') Atomics.store(shared.control, controlWord.isTracked, 1)
        for (let word = 0; word < shared.bits('dirty').length; word++) Atomics.exchange(shared.bits('dirty'), word, 0)
        copy = words.slice()
        isInside = false
      }
      beforeAtomics(() => {
        if (!isInside && step++ === at) agentComes()
      })
      change(kind)
      vi.restoreAllMocks()
      const hasCome = step > at
      if (!hasCome && what === 'begin') break
      if (!copy.every((word, index) => word === words[index])) expect(hasBit(shared.bits('dirty'), page)).toBe(true)
      if (!hasCome) break
      met++
    }
    expect(met).toBeGreaterThan(2)
  })

  it.each(changes)('is looked at after memory was changed by an atomic operation (%s)', (kind) => {
    const { shared, change } = guestHere()
    Atomics.store(shared.control, controlWord.isTracked, 1)
    const seen: string[] = []
    beforeAtomics((name, array) => seen.push(array === shared.words ? 'memory' : array === shared.bits('dirty') ? `log ${name}` : 'other'))
    change(kind)
    vi.restoreAllMocks()
    const changedAt = seen.indexOf('memory')
    expect(changedAt).toBeGreaterThan(0)
    expect(seen.slice(changedAt + 1)).toEqual(expect.arrayContaining(['log load', 'log or']))
    expect(seen.slice(0, changedAt)).not.toContain('log or')
  })
})
