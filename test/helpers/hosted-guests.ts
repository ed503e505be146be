/** Guests that really run, for tests; each is ended after its test. */

import { afterEach } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { sleep } from '../../src-main/agent/clock.ts'
import type { HostedGuest } from '../../src-main/agent/guest/contract.ts'
import { hostGuest } from '../../src-main/agent/guest/host-guest.ts'
import { scenarioOf } from './scenarios.ts'

const open: HostedGuest[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((guest) => guest.close()))
})

export async function hosted(input: ScenarioInput, memory: 'whole' | 'empty' = 'whole', seed = 1): Promise<HostedGuest> {
  const guest = await hostGuest({ scenario: scenarioOf(input), seed, memory })
  open.push(guest)
  return guest
}

/** What a guest does in a span of the clock is measured over one; nothing else is waited for like this. */
export function pass(ms: number): Promise<void> {
  return sleep(ms * 1e6)
}

/** Until the guest has worked this long, however busy the host is. */
export async function worked(guest: HostedGuest, ms: number): Promise<void> {
  const untilNs = guest.guestNs + ms * 1e6
  while (guest.guestNs < untilNs) await pass(1)
}

/** Until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pass(1)
}

export interface Span {
  /** Nanoseconds of the clock. */
  readonly clockNs: number
  readonly guestNs: number
  readonly serviceNs: number
  readonly writes: number
  readonly operations: number
  readonly writeFaults: number
  readonly beats: number
}

/** What a guest does while something else goes on. */
export async function during(guest: HostedGuest, meanwhile: () => Promise<void>): Promise<Span> {
  const look = (): Span => ({ clockNs: Number(process.hrtime.bigint()), guestNs: guest.guestNs, serviceNs: guest.serviceNs, writes: guest.writes, operations: guest.operations, writeFaults: guest.writeFaults, beats: guest.beats })
  const from = look()
  await meanwhile()
  const to = look()
  return Object.fromEntries(Object.entries(to).map(([name, value]) => [name, value - from[name as keyof Span]])) as unknown as Span
}

/** The pages written since the last time. */
export function takeDirty(guest: HostedGuest): Bitmap {
  const dirty = new Bitmap(guest.pageCount)
  guest.takeDirty(dirty)
  return dirty
}

export function copyPages(guest: HostedGuest, pages: Bitmap, into: Uint8Array): void {
  const { pageBytes } = guest
  for (let page = pages.next(0); page >= 0; page = pages.next(page + 1)) {
    if (!guest.isReleased(page)) into.set(guest.memory.subarray(page * pageBytes, (page + 1) * pageBytes), page * pageBytes)
  }
}
