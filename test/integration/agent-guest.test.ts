/** A guest that runs in its own thread: its pace, what takes time from it, and that its memory can be proved. */

import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { hostGuest } from '../../src-main/agent/guest/host-guest.ts'
import { during, hosted, pass, takeDirty, worked } from '../helpers/hosted-guests.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

/** Where others take the processor away for long, a measurement is made again. */
const measured = { retry: 3 }

describe('the pace of a guest', () => {
  it.each(['uniform', 'zipf', 'sequential', 'burst', 'oltp'] as const)('is that of the scenario, within two percent over a second (%s)', measured, async (kind) => {
    const guest = await hosted({ guest: { memory: '64 MiB' }, workload: { kind, writes: '50000 pages/s', reads: '20000 pages/s', workingSet: '32 MiB' } })
    guest.start()
    const span = await during(guest, () => pass(1000))
    expect(span.guestNs / span.clockNs).toBeGreaterThan(0.98)
    expect(span.guestNs / span.clockNs).toBeLessThan(1.02)
    expect(span.writes / (50e-6 * span.clockNs)).toBeGreaterThan(0.98)
    expect(span.writes / (50e-6 * span.clockNs)).toBeLessThan(1.02)
    expect(span.operations / span.writes).toBeCloseTo(1.4, 2)
    expect(span.serviceNs).toBe(span.guestNs)
    await guest.stop()
    expect(await guest.verify()).toMatchObject({ comparedPages: 16_384, differingPages: 0 })
  })

  it('shows a sign of life at least once a millisecond, and costs little when there is nothing to do', measured, async () => {
    const guest = await hosted({ guest: { memory: '16 MiB' }, workload: { kind: 'idle' } })
    guest.start()
    const from = process.cpuUsage()
    const span = await during(guest, () => pass(1000))
    const { user, system } = process.cpuUsage(from)
    expect(span.beats).toBeGreaterThan(1000)
    expect((user + system) / 1e6).toBeLessThan(0.15)
  })

  it('is lost with nothing dropped where the thread cannot keep up', async () => {
    const guest = await hosted({ guest: { memory: '64 MiB' }, workload: { kind: 'uniform', writes: '1000000000 pages/s', workingSet: '32 MiB' } })
    guest.start()
    const span = await during(guest, () => pass(500))
    await guest.stop()
    expect(span.guestNs / span.clockNs).toBeLessThan(0.5)
    const { guestNs, executed } = guest.state()
    expect(executed[0] ?? 0).toBeLessThanOrEqual(guestNs)
    expect(executed[0] ?? 0).toBeGreaterThan(guestNs - 2e6)
    expect(await guest.verify()).toMatchObject({ differingPages: 0 })
  })

  it('is halved by a throttle of one half, and by a migration inside the guest that takes one half', measured, async () => {
    const guest = await hosted({ guest: { memory: '64 MiB' }, workload: { kind: 'uniform', writes: '50000 pages/s', workingSet: '32 MiB' } })
    guest.start()
    for (const slow of [(share: number) => guest.throttle(share), (share: number) => guest.setMigrationShare(share)]) {
      slow(0.5)
      const span = await during(guest, () => pass(600))
      slow(0)
      expect(span.guestNs / span.clockNs).toBeGreaterThan(0.46)
      expect(span.guestNs / span.clockNs).toBeLessThan(0.54)
      expect(span.writes / (50e-6 * span.guestNs)).toBeCloseTo(1, 1)
    }
    const after = await during(guest, () => pass(300))
    expect(after.guestNs / after.clockNs).toBeGreaterThan(0.95)
  })
})

describe('a guest that stops', () => {
  it('stands still within milliseconds, and goes on where it was', async () => {
    const guest = await hosted({ guest: { memory: '16 MiB' }, workload: { kind: 'uniform', writes: '200000 pages/s', workingSet: '8 MiB' } })
    const tookNs: number[] = []
    for (let round = 0; round < 20; round++) {
      guest.start()
      await worked(guest, 5)
      const fromNs = process.hrtime.bigint()
      await guest.stop()
      tookNs.push(Number(process.hrtime.bigint() - fromNs))
      const image = Buffer.from(guest.memory)
      const span = await during(guest, () => pass(3))
      expect(span).toMatchObject({ guestNs: 0, writes: 0, beats: 0 })
      expect(image.equals(guest.memory)).toBe(true)
    }
    // Others may take the processor away now and then.
    expect(tookNs.sort((a, b) => a - b)[10]).toBeLessThan(5e6)
    expect(guest.guestNs).toBeGreaterThanOrEqual(100e6)
    expect(await guest.verify()).toMatchObject({ differingPages: 0 })
  })

  it('can be told to go on before it has stopped', async () => {
    const guest = await hosted({ guest: { memory: '16 MiB' }, workload: { kind: 'uniform', writes: '20000 pages/s', workingSet: '8 MiB' } })
    guest.start()
    const stopped = guest.stop()
    expect(guest.isRunning).toBe(false)
    guest.start()
    await stopped
    expect(guest.isRunning).toBe(true)
    expect(() => guest.state()).toThrow('must be stopped')
    await worked(guest, 5)
    await guest.stop()
    expect(guest.isRunning).toBe(false)
    expect(guest.state().guestNs).toBe(guest.guestNs)
  })

  it('says its state only then', async () => {
    const guest = await hosted({ guest: { memory: '16 MiB' } })
    expect(guest.state()).toMatchObject({ guestNs: 0, deferred: [] })
    guest.start()
    expect(() => guest.state()).toThrow('must be stopped')
    await expect(guest.verify()).rejects.toThrow('must be stopped')
  })

  it('goes on elsewhere from memory and state, to the same memory as an undisturbed replay', async () => {
    const input = { guest: { memory: '64 MiB', zeroPages: '30 %' }, workload: { kind: 'web-server', writes: '100000 pages/s', reads: '10000 pages/s', workingSet: '32 MiB' } } as const
    const first = await hosted(input)
    first.start()
    await worked(first, 200)
    await first.stop()
    const second = await hosted(input, 'empty')
    second.memory.set(first.memory)
    second.restore(first.state())
    expect(second.guestNs).toBe(first.guestNs)
    second.start()
    await worked(second, 200)
    await second.stop()
    expect(second.guestNs).toBeGreaterThan(first.guestNs + 50e6)
    expect(second.operations).toBe(second.state().executed.reduce((sum, count) => sum + count, 0))
    expect(await second.verify()).toMatchObject({ comparedPages: 16_384, differingPages: 0 })
  })

  it('goes back to a state that was kept with its memory', async () => {
    const guest = await hosted({ guest: { memory: '16 MiB' }, workload: { kind: 'uniform', writes: '50000 pages/s', workingSet: '8 MiB' } })
    guest.start()
    await worked(guest, 50)
    await guest.stop()
    const kept = { image: Buffer.from(guest.memory), state: guest.state() }
    guest.start()
    await worked(guest, 100)
    await guest.stop()
    guest.memory.set(kept.image)
    guest.restore(kept.state)
    guest.start()
    await worked(guest, 50)
    await guest.stop()
    expect(await guest.verify()).toMatchObject({ differingPages: 0 })
  })

  it('refuses a state that is not its own', async () => {
    const guest = await hosted({ guest: { memory: '16 MiB' }, workload: { kind: 'uniform', workingSet: '8 MiB' } })
    const state = guest.state()
    for (const wrong of [{ executed: [] }, { guestNs: 1e30 }, { deferred: [[0, 5]] as const }, { deferred: [[99, 0]] as const }, { sleptNs: [1, 1] }, { released: [[0, 1e9]] as const }]) {
      expect(() => guest.restore({ ...state, ...wrong })).toThrow('not one of this guest')
    }
  })
})

describe('what a guest is slowed by', () => {
  it('is the cost of tracking, really spent and shared by its processors', measured, async () => {
    for (const vcpus of [1, 4]) {
      const guest = await hosted({ guest: { memory: '64 MiB', vcpus }, workload: { kind: 'sequential', writes: '10000 pages/s', workingSet: '60 MiB' } })
      guest.start()
      guest.startTracking(50_000)
      const cpuFrom = process.cpuUsage()
      const span = await during(guest, () => pass(1000))
      const { user, system } = process.cpuUsage(cpuFrom)
      expect((user + system) * 1e3).toBeGreaterThan(0.8 * (span.clockNs - span.guestNs))
      // Each write of a sweep is the first to its page: g guest time costs 10 g / ms x 50 us of its own.
      const expected = 1 / (1 + (10_000 * 50e-6) / vcpus)
      expect(span.guestNs / span.clockNs).toBeGreaterThan(expected * 0.96)
      expect(span.guestNs / span.clockNs).toBeLessThan(expected * 1.04)
      expect(span.writeFaults).toBe(span.writes)
      guest.stopTracking()
      const after = await during(guest, () => pass(200))
      expect(after.guestNs / after.clockNs).toBeGreaterThan(0.95)
      expect(after.writeFaults).toBeLessThan(10)
    }
  })

  it('is being stunned: a process that writes too much sleeps until all are woken', async () => {
    const guest = await hosted({
      guest: { memory: '64 MiB' },
      strategy: { kind: 'precopy' },
      optimisations: { stun: true, stunFaults: 40, stunWindow: '50 ms' },
      workload: { kind: 'sequential', writes: '20000 pages/s', workingSet: '32 MiB', processes: [{ kind: 'uniform', writes: '100 pages/s', workingSet: '4 MiB' }] },
    })
    guest.start()
    guest.startTracking(0)
    guest.watchProcesses()
    await pass(150)
    expect(guest.stunnedProcesses).toBe(1)
    const asleep = await during(guest, () => pass(200))
    expect(asleep.writes).toBeLessThan(100)
    expect(asleep.serviceNs / asleep.guestNs).toBeCloseTo(0.5, 1)
    guest.wakeAll()
    await pass(20)
    const awake = await during(guest, () => pass(200))
    expect(awake.writes).toBeGreaterThan(2000)
    await guest.stop()
    const { sleptNs, executed, guestNs } = guest.state()
    expect(sleptNs[0]).toBeGreaterThan(100e6)
    expect(sleptNs[1]).toBe(0)
    expect(executed[0] ?? 0).toBeLessThanOrEqual(((guestNs - (sleptNs[0] ?? 0)) * 20_000) / 1e9 + 1)
    expect(await guest.verify()).toMatchObject({ differingPages: 0 })
  })

  it('is the dirty limit, until it is lifted', async () => {
    const guest = await hosted({
      guest: { memory: '256 MiB' },
      strategy: { kind: 'precopy' },
      optimisations: { throttle: 'dirty-limit', dirtyLimit: '8 MiB/s', dirtyLimitPeriod: '100 ms' },
      workload: { kind: 'sequential', writes: '40000 pages/s', workingSet: '250 MiB' },
    })
    guest.start()
    guest.startTracking(0)
    const before = await during(guest, () => pass(200))
    guest.limitDirtying(true)
    await pass(600)
    const limited = await during(guest, () => pass(500))
    expect(limited.writes / limited.clockNs).toBeLessThan(0.7 * (before.writes / before.clockNs))
    guest.limitDirtying(false)
    await pass(30)
    const after = await during(guest, () => pass(200))
    expect(after.writes / after.clockNs).toBeGreaterThan(0.8 * (before.writes / before.clockNs))
  })
})

describe('a migration inside the guest', () => {
  it('writes while it goes on, and only then', async () => {
    const guest = await hosted({ guest: { memory: '64 MiB' }, strategy: { kind: 'self', selfWrites: '10000 pages/s' }, workload: { kind: 'uniform', writes: '1000 pages/s', workingSet: '8 MiB' } })
    const executed = async (): Promise<number> => {
      guest.start()
      await worked(guest, 100)
      await guest.stop()
      return guest.state().executed.at(-1) ?? 0
    }
    expect(await executed()).toBe(0)
    guest.setMigrationShare(0.2)
    const during = await executed()
    expect(during).toBeGreaterThan(300)
    guest.setMigrationShare(0)
    expect(await executed()).toBeLessThan(during + 30)
    expect(await guest.verify()).toMatchObject({ differingPages: 0 })
  })
})

describe('memory that the guest gives back', () => {
  const input = {
    guest: { memory: '64 MiB', freeMemory: '24 MiB', pageCache: '8 MiB' },
    balloon: { kind: 'self-ballooning', interval: '20 ms', reserve: '1 MiB', releasePageCache: true, cacheReads: '5000 pages/s' },
    workload: { kind: 'uniform', writes: '10000 pages/s', workingSet: '8 MiB', allocation: '12 MiB', allocationPeriod: '150 ms' },
  } as const

  it('goes and comes, and is right whenever it is the guest\'s', async () => {
    const guest = await hosted(input)
    const count = (): number => Array.from({ length: guest.pageCount }, (_, page) => page).filter((page) => guest.isReleased(page)).length
    expect(guest.releasedPages).toBe(count())
    const atFirst = guest.releasedPages
    expect(atFirst).toBeGreaterThan(2048)
    guest.start()
    await worked(guest, 400)
    await guest.stop()
    expect(guest.releasedPages).toBe(count())
    expect(guest.releasedPages).toBeLessThan(atFirst)
    expect(guest.balloonPages).toBeGreaterThan(0)
    expect(guest.balloonLostMs).toBeGreaterThan(0)
    expect(guest.cacheLostMs).toBeGreaterThan(0)
    const { comparedPages, differingPages } = await guest.verify()
    expect({ comparedPages, differingPages }).toEqual({ comparedPages: guest.pageCount - count(), differingPages: 0 })
  })

  it('is the same elsewhere, where it need not be sent', async () => {
    const source = await hosted(input)
    const destination = await hosted(input, 'empty')
    source.start()
    source.startTracking(0)
    await worked(source, 210)
    await source.stop()
    for (let page = 0; page < source.pageCount; page++) {
      const at = page * source.pageBytes
      if (!source.isReleased(page)) destination.memory.set(source.memory.subarray(at, at + source.pageBytes), at)
    }
    destination.restore(source.state())
    expect(destination.releasedPages).toBe(source.releasedPages)
    destination.setMissing(Bitmap.full(destination.pageCount))
    expect(destination.countMissing()).toBe(destination.pageCount - destination.releasedPages)
    destination.setMissing(new Bitmap(destination.pageCount))
    for (let round = 0; round < 4; round++) {
      destination.start()
      await worked(destination, 110)
      await destination.stop()
    }
    expect(await destination.verify()).toMatchObject({ differingPages: 0 })
  })

  it('is recorded as written when it is used again', async () => {
    const guest = await hosted({ ...input, workload: { ...input.workload, kind: 'idle' } })
    guest.startTracking(0)
    const before = new Bitmap(guest.pageCount)
    for (let page = 0; page < guest.pageCount; page++) if (guest.isReleased(page)) before.add(page)
    guest.start()
    await worked(guest, 60)
    await guest.stop()
    const dirty = takeDirty(guest)
    let returned = 0
    for (let page = before.next(0); page >= 0; page = before.next(page + 1)) {
      if (guest.isReleased(page)) continue
      returned++
      expect(dirty.has(page)).toBe(true)
    }
    expect(returned).toBeGreaterThan(0)
  })
})

describe('the proof of memory', () => {
  it('finds a single byte that was flipped', async () => {
    const guest = await hosted({ guest: { memory: '64 MiB' }, workload: { kind: 'zipf', writes: '100000 pages/s', workingSet: '32 MiB' } })
    guest.start()
    await worked(guest, 100)
    await guest.stop()
    const at = 4096 * 1234 + 567
    guest.memory[at] = (guest.memory[at] ?? 0) ^ 1
    expect(await guest.verify()).toEqual({ comparedPages: 16_384, differingPages: 1, examples: [1234] })
  })

  it('finds a write that was lost', async () => {
    const guest = await hosted({ guest: { memory: '16 MiB' }, workload: { kind: 'sequential', writes: '10000 pages/s', workingSet: '8 MiB' } })
    const image = Buffer.from(guest.memory)
    guest.startTracking(0)
    guest.start()
    await worked(guest, 30)
    await guest.stop()
    const page = takeDirty(guest).next(0)
    guest.memory.set(image.subarray(page * 4096, (page + 1) * 4096), page * 4096)
    expect(await guest.verify()).toMatchObject({ differingPages: 1, examples: [page] })
  })
})

describe('a guest that is ended', () => {
  it('leaves no thread and no memory, whatever it was doing', async () => {
    const threads = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length
    const before = threads()
    for (const moment of ['fresh', 'running', 'stopped', 'blocked', 'throttled'] as const) {
      const input = { guest: { memory: '16 MiB' }, workload: { kind: 'uniform', writes: '10000 pages/s', workingSet: '8 MiB' } } as const
      const guest = await hostGuest({ scenario: scenarioOf(input), seed: 1, memory: 'whole' })
      if (moment === 'blocked') guest.setMissing(Bitmap.full(guest.pageCount))
      if (moment === 'throttled') guest.throttle(0.99)
      if (moment !== 'fresh') guest.start()
      await pass(20)
      if (moment === 'stopped') await guest.stop()
      const served = guest.guestNs
      await guest.close()
      expect(guest.isRunning).toBe(false)
      expect(guest.memory.byteLength).toBe(0)
      expect(guest.guestNs).toBeGreaterThanOrEqual(served)
      expect(() => guest.start()).not.toThrow(TypeError)
    }
    expect(threads()).toBe(before)
  })

  it('leaves nothing either if it could not be made', async () => {
    const handles = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length
    const before = handles()
    const scenario = scenarioOf({ guest: { memory: '16 MiB' }, workload: { kind: 'trace', trace: 'missing@0123456789ab', workingSet: '8 MiB' } })
    await expect(hostGuest({ scenario, seed: 1, memory: 'whole' })).rejects.toMatchObject({ code: 'agent.guest', message: expect.stringContaining('missing@0123456789ab') as string })
    expect(handles()).toBe(before)
  })

  it('answers nothing any more', async () => {
    const guest = await hostGuest({ scenario: scenarioOf({ guest: { memory: '16 MiB' } }), seed: 1, memory: 'whole' })
    await guest.close()
    await expect(guest.faults()).rejects.toMatchObject({ code: 'agent.closed' })
  })
})
