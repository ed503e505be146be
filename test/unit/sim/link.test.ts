import { describe, expect, it } from 'vitest'
import { Kernel, type Process } from '#shared/sim/kernel/kernel.ts'
import { Link, maxMinShares } from '#shared/sim/network/link.ts'

describe('max-min fair sharing', () => {
  it('serves small demands whole and splits the rest evenly', () => {
    expect(maxMinShares(100, [10, 80, 60])).toEqual([10, 45, 45])
    expect(maxMinShares(100, [10, 20, 30])).toEqual([10, 20, 30])
    expect(maxMinShares(90, [Infinity, Infinity, 0])).toEqual([45, 45, 0])
  })
})

function finishTimes(bandwidth: number, background: number, transfers: ReadonlyArray<{ at: number; bytes: number; demand?: number }>, prepare: (link: Link, kernel: Kernel) => void = () => undefined): number[] {
  const kernel = new Kernel()
  const link = new Link(kernel, { bandwidth, background })
  const times: number[] = []
  function* transfer(index: number, { at, bytes, demand = Infinity }: { at: number; bytes: number; demand?: number }): Process<void> {
    yield at
    yield* link.carry(bytes, demand)
    times[index] = kernel.now / 1e9
  }
  transfers.forEach((options, index) => kernel.spawn(transfer(index, options)))
  prepare(link, kernel)
  kernel.run()
  return times
}

describe('the link', () => {
  it('carries a lone transfer at its bandwidth', () => {
    expect(finishTimes(8e6, 0, [{ at: 0, bytes: 1e6 }])).toEqual([1])
  })

  it('leaves a transfer what the background traffic does not take', () => {
    expect(finishTimes(8e6, 6e6, [{ at: 0, bytes: 1e6 }])[0]).toBeCloseTo(2, 6)
    expect(finishTimes(8e6, 2e6, [{ at: 0, bytes: 1e6 }])[0]).toBeCloseTo(8 / 6, 6)
  })

  it('shares between transfers from the moment the second begins', () => {
    const [first, second] = finishTimes(8e6, 0, [{ at: 0, bytes: 1e6 }, { at: 5e8, bytes: 1e6 }])
    expect(first).toBeCloseTo(1.5, 6)
    expect(second).toBeCloseTo(2, 6)
  })

  it('never gives a transfer more than it asks for', () => {
    expect(finishTimes(8e6, 0, [{ at: 0, bytes: 1e6, demand: 2e6 }])[0]).toBeCloseTo(4, 6)
  })

  it("takes the guest's traffic into account until the guest stops, and counts what it carried", () => {
    let bits = 0
    const [time] = finishTimes(8e6, 0, [{ at: 0, bytes: 1e6 }], (link, kernel) => {
      link.setGuestDemand(8e6)
      kernel.schedule(1e9, () => {
        bits = link.guestBits()
        link.setGuestDemand(0)
      })
    })
    expect(time).toBeCloseTo(1.5, 6)
    expect(bits).toBeCloseTo(4e6, 0)
  })

  it('carries nothing while it is down and goes on where it stopped', () => {
    const [time] = finishTimes(8e6, 0, [{ at: 0, bytes: 1e6 }], (link, kernel) => {
      kernel.schedule(25e7, () => link.fail())
      kernel.schedule(2e9, () => link.recover())
    })
    expect(time).toBeCloseTo(2.75, 6)
  })
})
