/** A guest whose memory is brought while it runs: it waits for what is missing, and nothing is overwritten or forgotten. */

import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import type { HostedGuest } from '../../src-main/agent/guest/contract.ts'
import { during, hosted, pass, until, worked } from '../helpers/hosted-guests.ts'

const measured = { retry: 3 }

/** A destination with nothing in it, and all that its memory should hold. */
async function emptyDestination(input: ScenarioInput): Promise<{ readonly guest: HostedGuest; readonly deliver: (pages: readonly number[], purpose: 'demand' | 'prediction' | 'push') => void }> {
  const source = await hosted(input)
  source.start()
  await worked(source, 40)
  await source.stop()
  const guest = await hosted(input, 'empty')
  guest.restore(source.state())
  guest.setMissing(Bitmap.full(guest.pageCount))
  const deliver = (pages: readonly number[], purpose: 'demand' | 'prediction' | 'push'): void => {
    for (const page of pages) {
      const at = page * guest.pageBytes
      if (guest.isMissing(page)) guest.memory.set(source.memory.subarray(at, at + guest.pageBytes), at)
    }
    guest.arrived(pages, pages.length, purpose)
  }
  return { guest, deliver }
}

const small = { guest: { memory: '16 MiB' }, workload: { kind: 'uniform', writes: '10000 pages/s', reads: '10000 pages/s', workingSet: '16 MiB' } } as const

describe('a guest on the destination', () => {
  it('asks for each page once, and goes on when it has come', async () => {
    const { guest, deliver } = await emptyDestination({ ...small, tracking: { trapFault: '10 us', placePage: '5 us' } })
    const asked: number[] = []
    guest.onFault = (page) => {
      asked.push(page)
      expect(guest.pendingPages).toContain(page)
      void pass(1).then(() => deliver([page], 'demand'))
    }
    guest.start()
    await until(() => asked.length > 100)
    await guest.stop()
    expect(new Set(asked).size).toBe(asked.length)
    expect(guest.majorFaults).toBe(asked.length)
    expect(guest.minorFaults).toBe(0)
    const report = await guest.faults()
    expect(report.majorFaults).toBe(asked.length)
    expect(report.faultP50Ms).toBeGreaterThan(1)
    expect(report.record?.page.length).toBeGreaterThanOrEqual(asked.length - 1)
    const times = report.record?.timeMs ?? []
    expect(times.every((timeMs, index) => timeMs >= 0 && timeMs >= (times[index - 1] ?? 0))).toBe(true)
    deliver(Array.from({ length: guest.pageCount }, (_, page) => page), 'push')
    expect(guest.countMissing()).toBe(0)
    guest.start()
    await worked(guest, 50)
    await guest.stop()
    expect(await guest.verify()).toMatchObject({ differingPages: 0 })
  })

  it('stands still while all its processors wait, and stops even then', async () => {
    const { guest, deliver } = await emptyDestination(small)
    const asked = new Promise<number>((resolve) => (guest.onFault = resolve))
    guest.start()
    const page = await asked
    await pass(20)
    const span = await during(guest, () => pass(50))
    expect(span).toMatchObject({ guestNs: 0, operations: 0, beats: 0 })
    await guest.stop()
    const { deferred, executed } = guest.state()
    expect(deferred).toHaveLength(1)
    expect(guest.pendingPages).toEqual([page])
    guest.start()
    await pass(10)
    expect(guest.pendingPages).toEqual([page])
    deliver(Array.from({ length: guest.pageCount }, (_, index) => index), 'push')
    await worked(guest, 30)
    await guest.stop()
    expect(guest.pendingPages).toEqual([])
    expect(guest.state().deferred).toEqual([])
    expect(guest.state().executed.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(executed.reduce((sum, count) => sum + count, 0))
    expect(await guest.verify()).toMatchObject({ differingPages: 0 })
  })

  it('goes on with its other threads where faults are asynchronous, at the capacity of its processors', measured, async () => {
    const { guest, deliver } = await emptyDestination({ ...small, guest: { memory: '16 MiB', vcpus: 2, threads: 4 }, tracking: { asyncFaults: true } })
    const asked: number[] = []
    guest.onFault = (page) => asked.push(page)
    guest.start()
    await until(() => asked.length === 4)
    await pass(20)
    // Four threads wait for four pages.
    expect(asked).toHaveLength(4)
    deliver(Array.from({ length: guest.pageCount }, (_, page) => page).filter((page) => !asked.includes(page)), 'push')
    deliver(asked.slice(0, 1), 'demand')
    // A processor and its thread go on; both if a second page comes.
    const half = await during(guest, () => pass(300))
    expect(half.guestNs / half.clockNs).toBeLessThan(0.6)
    await guest.stop()
    deliver(asked, 'demand')
    guest.start()
    await pass(20)
    const whole = await during(guest, () => pass(300))
    expect(whole.guestNs / whole.clockNs).toBeGreaterThan(0.95)
    await guest.stop()
    expect(await guest.verify()).toMatchObject({ differingPages: 0 })
  })

  it('pays for its first access to a page that came unasked, and tells which predictions it used', async () => {
    const { guest, deliver } = await emptyDestination({ ...small, tracking: { minorFault: '20 us' } })
    const all = Array.from({ length: guest.pageCount }, (_, page) => page)
    deliver(all.slice(0, 2048), 'prediction')
    deliver(all.slice(2048), 'push')
    guest.start()
    const span = await during(guest, () => worked(guest, 200))
    await guest.stop()
    const report = await guest.faults()
    expect(report.predictedPages).toBe(2048)
    expect(report.usedPredictions).toBeGreaterThan(0)
    expect(report.usedPredictions).toBeLessThanOrEqual(2048)
    expect(report.minorFaults).toBe(guest.minorFaults)
    expect(report.minorFaults).toBeGreaterThan(report.usedPredictions)
    expect(report.majorFaults).toBe(0)
    expect(span.clockNs - span.guestNs).toBeGreaterThan(report.minorFaults * 20_000 * 0.9)
    expect(await guest.verify()).toMatchObject({ differingPages: 0 })
  })

  it('does not wait for memory that it has given back', async () => {
    const input = { guest: { memory: '32 MiB', freeMemory: '16 MiB' }, balloon: { kind: 'self-ballooning', interval: '50 ms', reserve: '1 MiB' }, workload: { kind: 'idle', allocation: '8 MiB', allocationPeriod: '400 ms' } } as const
    const { guest, deliver } = await emptyDestination(input)
    const asked: number[] = []
    guest.onFault = (page) => {
      asked.push(page)
      deliver([page], 'demand')
    }
    guest.start()
    await worked(guest, 800)
    await guest.stop()
    // One round of the allocation at most: what it took from the balloon was there.
    expect(asked.length).toBeLessThan(2048)
    deliver(Array.from({ length: guest.pageCount }, (_, page) => page), 'push')
    expect(await guest.verify()).toMatchObject({ differingPages: 0 })
  })

  it('takes what waits along when it goes back to another host', async () => {
    const input = { ...small, guest: { memory: '16 MiB', vcpus: 4 } }
    const { guest, deliver } = await emptyDestination(input)
    const asked: number[] = []
    guest.onFault = (page) => asked.push(page)
    guest.start()
    await until(() => asked.length === 4)
    await guest.stop()
    const state = guest.state()
    expect(state.deferred.length).toBe(4)
    deliver(Array.from({ length: guest.pageCount }, (_, page) => page), 'push')
    const other = await hosted(input, 'empty')
    other.memory.set(guest.memory)
    other.restore(state)
    expect(other.state().deferred).toEqual(state.deferred)
    // What waits was not done: memory is right without it.
    const proved = await hosted(input, 'empty')
    proved.memory.set(guest.memory)
    proved.restore(state)
    expect(await proved.verify()).toMatchObject({ differingPages: 0 })
    other.start()
    await worked(other, 30)
    await other.stop()
    expect(other.state().deferred).toEqual([])
    expect(await other.verify()).toMatchObject({ differingPages: 0 })
  })
})
