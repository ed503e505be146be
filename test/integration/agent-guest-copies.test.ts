/** Copying a guest that writes: whatever the copier takes and when, the last copy makes it the guest's memory, to the bit. */

import { describe, expect, it } from 'vitest'
import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { copyPages, hosted, pass, takeDirty } from '../helpers/hosted-guests.ts'

const kinds = ['sequential', 'uniform', 'hot-cold', 'zipf', 'phased', 'burst', 'kernel-compile', 'web-server', 'oltp', 'diabolical'] as const

/** Small and repeatable. */
function chooser(seed: number): <T>(choices: readonly T[]) => T {
  let state = seed * 2 + 1
  return (choices) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return choices[Math.floor((state / 2 ** 32) * choices.length)] as (typeof choices)[number]
  }
}

function randomScenario(seed: number): { readonly input: ScenarioInput; readonly writeFaultNs: number } {
  const pick = chooser(seed + 77)
  const gives = pick([false, false, true])
  const input: ScenarioInput = {
    guest: { memory: '16 MiB', pageSize: pick(['1 KiB', '4 KiB', '4 KiB', '16 KiB']), vcpus: pick([1, 2, 4]), zeroPages: pick(['0 %', '40 %']), freeMemory: '4 MiB', pageCache: '1 MiB' },
    balloon: gives ? { kind: 'self-ballooning', interval: '7 ms', reserve: '512 KiB', releasePageCache: true, cacheReads: '2000 pages/s' } : {},
    workload: {
      kind: pick(kinds),
      writes: pick(['20000 pages/s', '200000 pages/s', '3000000 pages/s']),
      reads: pick(['0 pages/s', '20000 pages/s']),
      // Few pages: the copier and the guest meet on them all the time.
      workingSet: pick(['64 KiB', '1 MiB', '8 MiB']),
      allocation: pick(['0 MiB', '2 MiB']),
      allocationPeriod: '30 ms',
    },
  }
  return { input, writeFaultNs: pick([0, 500, 20_000]) }
}

describe('the log of written pages', () => {
  it.each(Array.from({ length: 50 }, (_, seed) => seed))('misses no write (scenario %i)', async (seed) => {
    const { input, writeFaultNs } = randomScenario(seed)
    const guest = await hosted(input, 'whole', seed)
    const copy = new Uint8Array(guest.memory.byteLength)
    guest.start()
    guest.startTracking(writeFaultNs)
    copyPages(guest, Bitmap.full(guest.pageCount), copy)
    const untilMs = performance.now() + 60
    while (performance.now() < untilMs) {
      for (let round = 0; round < 20; round++) copyPages(guest, takeDirty(guest), copy)
      await pass(0)
    }
    await guest.stop()
    copyPages(guest, takeDirty(guest), copy)
    const differing: number[] = []
    for (let page = 0; page < guest.pageCount; page++) {
      const at = page * guest.pageBytes
      if (!guest.isReleased(page) && Buffer.compare(copy.subarray(at, at + guest.pageBytes), guest.memory.subarray(at, at + guest.pageBytes)) !== 0) differing.push(page)
    }
    expect(differing).toEqual([])
    expect(guest.writes).toBeGreaterThan(0)
    // And the copy is what a replay of all that was done gives, on a guest that never ran.
    const other = await hosted(input, 'empty', seed)
    other.memory.set(copy)
    other.restore(guest.state())
    expect(await other.verify()).toMatchObject({ differingPages: 0 })
  })
})
