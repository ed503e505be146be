import { describe, expect, test } from 'vitest'
import { simulate } from '#shared/sim/simulate.ts'
import { Connection } from '#shared/sim/connection.ts'
import { Kernel, type Process } from '#shared/sim/kernel/kernel.ts'
import { Delays } from '#shared/sim/network/delays.ts'
import { Link } from '#shared/sim/network/link.ts'
import { expectedLossNs } from '#shared/sim/network/packet-loss.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

function connected(link: Readonly<Record<string, unknown>>, seed = 1) {
  const scenario = scenarioOf({ workload: { kind: 'idle' }, link: { bandwidth: '8 Mbit/s', latency: '1 ms', ...link } })
  const kernel = new Kernel()
  const network = new Link(kernel, scenario.link)
  return { kernel, link: network, connection: new Connection(kernel, network, scenario, seed) }
}

/** When each of several things arrives that are sent a microsecond apart. */
function arrivals(count: number, link: Readonly<Record<string, unknown>>, seed = 1): { readonly number: number; readonly delayNs: number }[] {
  const { kernel, connection } = connected(link, seed)
  const seen: { number: number; delayNs: number }[] = []
  for (let number = 0; number < count; number++) {
    kernel.schedule(number * 1000, () => {
      const sentNs = kernel.now
      connection.afterLatency('there', () => void seen.push({ number, delayNs: kernel.now - sentNs }))
    })
  }
  kernel.run()
  return seen
}

describe('jitter', () => {
  test('of nothing leaves the latency as it is', () => {
    expect(new Set(arrivals(1000, { jitter: '0 us' }).map(({ delayNs }) => delayNs))).toEqual(new Set([1e6]))
  })

  test('never lets anything arrive before what was sent earlier', () => {
    expect(arrivals(2000, { jitter: '5 ms' }).map(({ number }) => number)).toEqual(Array.from({ length: 2000 }, (_, number) => number))
  })

  test('adds its mean to the latency, exponentially distributed', () => {
    const delays = new Delays({ latency: 1e6, jitter: 2e6 }, 7)
    // So far apart that none waits behind another.
    const added = Array.from({ length: 20_000 }, (_, number) => delays.next(number * 1e9) - 1e6)
    const mean = added.reduce((sum, ns) => sum + ns, 0) / added.length
    expect(mean / 2e6).toBeCloseTo(1, 1)
    expect(added.filter((ns) => ns > 2e6).length / added.length).toBeCloseTo(Math.exp(-1), 1)
    expect(Math.min(...added)).toBeGreaterThanOrEqual(0)
  })

  test('is the same for the same seed, and another for another', () => {
    expect(arrivals(50, { jitter: '1 ms' }, 3)).toEqual(arrivals(50, { jitter: '1 ms' }, 3))
    expect(arrivals(50, { jitter: '1 ms' }, 3)).not.toEqual(arrivals(50, { jitter: '1 ms' }, 4))
  })

  test('in one direction holds up nothing in the other', () => {
    const { kernel, connection } = connected({ jitter: '1 s' })
    const alone = connected({ jitter: '1 s' })
    let [together, byItself] = [0, 0]
    for (let number = 0; number < 100; number++) connection.afterLatency('there', () => undefined)
    connection.afterLatency('back', () => (together = kernel.now))
    alone.connection.afterLatency('back', () => (byItself = alone.kernel.now))
    kernel.run()
    alone.kernel.run()
    expect(together).toBe(byItself)
  })

  test('of a connection that is gone holds up nothing of the new one', () => {
    const delays = new Delays({ latency: 0, jitter: 1e9 }, 1)
    const lateNs = Math.max(...Array.from({ length: 100 }, () => delays.next(0)))
    delays.renew()
    expect(delays.next(0)).toBeLessThan(lateNs)
  })

  test('keeps the order of what a lost link holds up', () => {
    const { kernel, link, connection } = connected({ jitter: '2 ms' })
    const seen: number[] = []
    for (let number = 0; number < 200; number++) kernel.schedule(number * 1e4, () => connection.afterLatency('there', () => void seen.push(number)))
    kernel.schedule(15e5, () => link.fail())
    kernel.schedule(50e6, () => link.recover())
    kernel.run()
    expect(seen).toEqual(Array.from({ length: 200 }, (_, number) => number))
  })

  test('makes a migration take longer, and every page still arrives', () => {
    const run = (jitter: string) => simulate(scenarioOf({ guest: { memory: '16 MiB' }, workload: { kind: 'uniform', workingSet: '4 MiB', writes: '2000 pages/s', reads: '2000 pages/s' }, link: { bandwidth: '1 Gbit/s', jitter }, strategy: { kind: 'postcopy' } }), 5)
    const [steady, varying] = [run('0 us'), run('5 ms')]
    expect([steady.outcome, varying.outcome]).toEqual(['completed', 'completed'])
    expect(varying.faultMeanMs).toBeGreaterThan(steady.faultMeanMs)
    expect(varying.totalMs).toBeGreaterThan(steady.totalMs)
  })
})

describe('loss', () => {
  test('costs each packet its share of a round trip and a time-out', () => {
    // 3000 bytes are two packets, 3001 are three; a loss costs 2 x 4 ms + 1 ms.
    expect(expectedLossNs(3000, { latency: 4e6, loss: 0.01 })).toBeCloseTo(2 * 0.01 * 9e6, 6)
    expect(expectedLossNs(3001, { latency: 4e6, loss: 0.01 })).toBeCloseTo(3 * 0.01 * 9e6, 6)
    expect(expectedLossNs(3001, { latency: 4e6, loss: 0 })).toBe(0)
  })

  test('is added to the time that sending takes', () => {
    const { kernel, connection } = connected({ loss: '2 %' })
    let sentNs = 0
    kernel.spawn(
      (function* (): Process<void> {
        yield* connection.carry(1_500_000, 0)
        sentNs = kernel.now
      })(),
    )
    kernel.run()
    // 1.5 MB at 8 Mbit/s are 1.5 s; of 1000 packets 20 are lost, each at 3 ms.
    expect(sentNs).toBe(1.5e9 + 20 * 3e6)
  })

  test('of an idle guest is that of all its bytes', () => {
    const input = { guest: { deviceState: '0 B' }, workload: { kind: 'idle' }, strategy: { kind: 'stop-and-copy', batch: 375 } } as const
    const memory = `${375 * 4096 * 10} B`
    const run = (loss: string) => simulate(scenarioOf({ ...input, guest: { ...input.guest, memory }, link: { bandwidth: '1 Gbit/s', latency: '1 ms', loss } }), 1).totalMs
    // Ten batches of 375 pages: 1024 packets each.
    expect(run('1 %') - run('0 %')).toBeCloseTo(10 * 1024 * 0.01 * 3, 3)
  })
})
