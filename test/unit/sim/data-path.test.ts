/** Cases small enough to be worked out by hand: 64 MiB, 16384 pages, 16 batches of 1024. The clock counts whole nanoseconds. */

import { describe, expect, it } from 'vitest'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import { resolveScenario } from '#shared/scenario/resolve.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const memory = 2 ** 26
const pages = memory / 4096

function run(input: ScenarioInput): MigrationStats {
  const stats = simulate(
    scenarioOf({
      strategy: { kind: 'stop-and-copy' },
      ...input,
      guest: { memory: '64 MiB', similarPages: '0 %', randomPages: '0 %', ...input.guest },
      link: { bandwidth: '100 Gbit/s', latency: '100 us', ...input.link },
    }),
    1,
  )
  expect(stats.outcome).toBe('completed')
  return stats
}

const lastCopyMs = (input: ScenarioInput): number => run(input).downtimeParts.lastCopyMs

describe('compression', () => {
  const similar = { guest: { similarPages: '100 %' } }

  it('takes as long as its threads need where the link is faster', () => {
    const oneThreadMs = (memory / 620e6) * 1e3
    expect(lastCopyMs({ ...similar, optimisations: { compression: 'lz4' } })).toBeCloseTo(oneThreadMs, 4)
    expect(lastCopyMs({ ...similar, optimisations: { compression: 'lz4', compressionThreads: 4 } })).toBeCloseTo(oneThreadMs / 4, 4)
    expect(lastCopyMs({ ...similar, optimisations: { compression: 'lz4', compressionRate: '310 MB/s' } })).toBeCloseTo(2 * oneThreadMs, 4)
  })

  it('takes as long as the link needs for what is left where the threads are faster', () => {
    const bytes = pages * (Math.ceil(4096 / 6) + 4)
    const stats = run({ ...similar, link: { bandwidth: '10 Mbit/s' }, optimisations: { compression: 'lz4' } })
    expect(stats.bytesByKind).toEqual({ plain: 0, zero: 0, delta: 0, compressed: bytes, other: 2 ** 19 })
    expect(stats.downtimeParts.lastCopyMs).toBeCloseTo((bytes * 8e3) / 10e6, 4)
    expect(stats.compressedPages).toBe(pages)
  })

  it('waits for the last batch to be decompressed before the destination holds the image', () => {
    const decodeMs = ((1024 * 4096) / 3100e6) * 1e3
    const stateMs = (2 ** 19 * 8e3) / 100e9
    // Three latencies, the first of which begins with the end of the device state.
    expect(run({ ...similar, optimisations: { compression: 'lz4' } }).downtimeParts.commitMs).toBeCloseTo(3 * 0.1 + decodeMs - stateMs, 4)
    expect(run(similar).downtimeParts.commitMs).toBeCloseTo(3 * 0.1, 4)
  })

  it('sends pages plain that would not become smaller, and adaptive does not even try', () => {
    const random = { guest: { randomPages: '100 %' } }
    const zstd = run({ ...random, optimisations: { compression: 'zstd' } })
    expect(zstd.bytesByKind.plain).toBe(memory)
    expect(zstd.sourceCpuMs).toBeCloseTo((memory / 330e6) * 1e3, 4)
    expect(zstd.destinationCpuMs).toBe(0)
    expect(run({ ...random, optimisations: { compression: 'adaptive' } }).sourceCpuMs).toBeCloseTo((memory / 5e9) * 1e3, 4)
  })

  it('chooses by content when it is adaptive', () => {
    const stats = run({ guest: { similarPages: '50 %' }, optimisations: { compression: 'adaptive' } })
    const similarBytes = Math.ceil(4096 / 6) + 4
    const ordinaryBytes = Math.ceil(4096 / 2.877) + 4
    const similarPages = (pages * ordinaryBytes - stats.bytesByKind.compressed) / (ordinaryBytes - similarBytes)
    expect(Number.isInteger(similarPages)).toBe(true)
    expect(similarPages / pages).toBeCloseTo(0.5, 1)
  })

  it('delays a page that the guest waits for', () => {
    const post = { guest: { similarPages: '100 %' }, workload: { kind: 'uniform' as const, reads: '500 pages/s', writes: '0 pages/s', workingSet: '48 MiB' }, strategy: { kind: 'on-demand' as const, demandTime: '1 s' } }
    const plain = run(post)
    const zlib = run({ ...post, optimisations: { compression: 'zlib' } })
    const pageMs = (4096 / 95e6 + 4096 / 360e6) * 1e3
    const linkMs = ((4096 - 4096 / 8 - 4) * 8e3) / 100e9
    expect(plain.majorFaults).toBeGreaterThan(100)
    expect(zlib.faultP50Ms - plain.faultP50Ms).toBeGreaterThan(0.8 * (pageMs - linkMs))
    expect(zlib.bytesByKind.compressed).toBeGreaterThan(0)
  })
})

describe('connections', () => {
  it('add up until the link is full', () => {
    const ms = (channels: number): number => lastCopyMs({ link: { bandwidth: '10 Gbit/s' }, optimisations: { channels, channelRate: '1 Gbit/s' } })
    const oneMs = (memory * 8e3) / 1e9
    expect(ms(1)).toBeCloseTo(oneMs, 4)
    expect(ms(4)).toBeCloseTo(oneMs / 4, 4)
    expect(ms(10)).toBeCloseTo(oneMs / 10, 4)
    expect(ms(64)).toBeCloseTo(oneMs / 10, 4)
  })

  it('send while another one is busy with its batch', () => {
    const ms = (channels: number): number => lastCopyMs({ link: { bandwidth: '1 Gbit/s', batchTime: '10 ms' }, optimisations: { channels } })
    const linkMs = (memory * 8e3) / 1e9
    expect(ms(1)).toBeCloseTo(linkMs + 16 * 10, 4)
    expect(ms(2)).toBeCloseTo(linkMs, 4)
  })

  it('speed a migration up by what PMigrate published, 2.49 to 9.88 times', () => {
    const totalMs = (channels: number): number =>
      run({
        workload: { kind: 'hot-cold', writes: '8000 pages/s', workingSet: '32 MiB' },
        link: { bandwidth: '10 Gbit/s', batchTime: '500 us' },
        strategy: { kind: 'precopy', stop: { downtime: '30 ms', iterations: 30 } },
        optimisations: { channels, channelRate: '1250 Mbit/s' },
      }).totalMs
    for (const channels of [4, 8, 16]) {
      const speedUp = totalMs(1) / totalMs(channels)
      expect(speedUp).toBeGreaterThan(2.49)
      expect(speedUp).toBeLessThan(9.88)
    }
  })
})

describe('zero pages', () => {
  const half = { guest: { zeroPages: '100 %' }, workload: { kind: 'uniform' as const, workingSet: '32 MiB', writes: '1 pages/s' } }

  it('cost the search, by one thread or by those of the connections', () => {
    const scanMs = (memory / 2e9) * 1e3
    const search = { zeroScanRate: '2 GB/s', channels: 4 } as const
    const marker = run({ ...half, optimisations: { ...search, zeroPages: 'marker' } })
    expect(marker.zeroPages).toBe(pages / 2)
    expect(marker.bytesByKind.zero).toBe((pages / 2) * 9)
    expect(marker.downtimeParts.lastCopyMs).toBeCloseTo(scanMs, 4)
    const multifd = run({ ...half, optimisations: { ...search, zeroPages: 'multifd' } })
    expect(multifd.bytesByKind).toEqual(marker.bytesByKind)
    expect(multifd.downtimeParts.lastCopyMs).toBeLessThan(0.3 * scanMs)
    expect(multifd.sourceCpuMs).toBeCloseTo(scanMs, 4)
  })

  it('cost nothing where they are not looked for', () => {
    expect(run({ ...half, optimisations: { zeroScanRate: '2 GB/s' } })).toMatchObject({ zeroPages: 0, sourceCpuMs: 0, bytesByKind: { plain: memory } })
  })
})

describe('deltas', () => {
  const sweeping: ScenarioInput = {
    guest: { memory: '64 MiB' },
    workload: { kind: 'diabolical', writes: '1000000 pages/s', workingSet: '4 MiB' },
    link: { bandwidth: '1 Gbit/s' },
    tracking: { writeFault: '0 us', cleanPerPage: '0 us' },
    strategy: { kind: 'precopy', stop: { iterations: 4 } },
  }

  it('begin with the second sending after the first iteration', () => {
    const stats = run({ ...sweeping, optimisations: { delta: true } })
    const [full, first, second, third, last] = stats.iterations.map((row) => row.pages)
    expect(full).toBe(pages)
    expect(first).toBe(1024)
    expect(stats.deltaMisses).toBe(1024)
    expect(stats.deltaHits).toBe((second ?? 0) + (third ?? 0) + (last ?? 0))
    expect(stats.bytesByKind.delta).toBe(stats.deltaHits * 4096 - stats.deltaSavedBytes)
    // 20 % of a page in runs of 8 bytes, each with two lengths of a byte: a quarter of the page, in the mean.
    expect(stats.bytesByKind.delta / (stats.deltaHits * 4096)).toBeCloseTo(0.25, 1)
    expect(stats.sourceCpuMs).toBeCloseTo((stats.deltaHits * 4096 * 1e3) / 2e9, 4)
  })

  it('find half of a working set that shares each slot of the cache between two pages', () => {
    const stats = run({ ...sweeping, optimisations: { delta: true, deltaCache: '2 MiB' } })
    expect(stats.deltaHits).toBe(3 * 512)
    expect(stats.deltaMisses).toBe(1024 + 3 * 512)
  })

  it('go plain where too much has changed', () => {
    const stats = run({ ...sweeping, optimisations: { delta: true, deltaChanged: '100 %' } })
    expect(stats.deltaOverflows).toBeGreaterThan(0.4 * stats.deltaHits)
    expect(stats.deltaOverflows).toBeLessThan(stats.deltaHits)
  })

  it('slow the source down where coding is slower than the link', () => {
    const slow = run({ ...sweeping, optimisations: { delta: true, deltaRate: '1 MB/s' } })
    const fast = run({ ...sweeping, optimisations: { delta: true } })
    expect(slow.totalMs - fast.totalMs).toBeGreaterThan(1000)
  })

  it('are none in post-copy', () => {
    expect(run({ ...sweeping, strategy: { kind: 'postcopy' }, optimisations: { delta: true } })).toMatchObject({ deltaHits: 0, deltaMisses: 0, bytesByKind: { delta: 0 } })
  })
})

describe('orders of pages', () => {
  const pagesSent = (strategy: NonNullable<ScenarioInput['strategy']>): number =>
    run({
      workload: { kind: 'zipf', writes: '40000 pages/s', workingSet: '48 MiB' },
      link: { bandwidth: '1 Gbit/s' },
      strategy: { kind: 'precopy', batch: 64, skipDirty: true, stop: { iterations: 6 }, ...strategy },
    }).pagesSent

  it('by use and by weight send less than by address, if the guest was watched before', () => {
    const linear = pagesSent({ scan: 'linear' })
    expect(pagesSent({ scan: 'lru', profile: '1 s' })).toBeLessThan(0.97 * linear)
    expect(pagesSent({ scan: 'weight', profile: '1 s' })).toBeLessThan(0.97 * linear)
  })

  it('holding hot pages back sends them less often', () => {
    expect(pagesSent({ skipDirty: false, holdBack: 2 })).toBeLessThan(pagesSent({ skipDirty: false }))
  })

  it('a profile takes its time, and none if nothing goes by it', () => {
    const totalMs = (strategy: NonNullable<ScenarioInput['strategy']>): number => run({ strategy: { kind: 'precopy', stop: { iterations: 1 }, ...strategy } }).totalMs
    expect(totalMs({ scan: 'lru', profile: '1 s' }) - totalMs({ scan: 'lru' })).toBeCloseTo(1000, 3)
    expect(totalMs({ profile: '1 s' })).toBe(totalMs({}))
  })
})

describe('contradictions', () => {
  const problemsOf = (input: ScenarioInput): readonly string[] => {
    const resolution = resolveScenario(input)
    return resolution.ok ? [] : resolution.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  }

  it('are told in words', () => {
    expect(problemsOf({ optimisations: { delta: true, deltaCache: '48 MiB' } })).toEqual(['optimisations.deltaCache: 50331648 B is not a power of two'])
    expect(problemsOf({ guest: { memory: '64 MiB', pageSize: '2 MiB' }, optimisations: { delta: true, deltaCache: '1 MiB' } })).toEqual(['optimisations.deltaCache: the cache is smaller than a page, 2097152 B'])
    expect(problemsOf({ optimisations: { channels: 256 } })).toEqual(['optimisations.channels: 256 is above the largest allowed value, 255'])
    expect(problemsOf({ guest: { similarPages: '70 %', randomPages: '40 %' } })).toEqual(['guest.similarPages: similarPages and randomPages together are more than all pages'])
  })
})
