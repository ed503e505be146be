/** What choosing pages costs in post-copy: push orders over a large guest, and prefetchers. */

import { Bitmap } from '#shared/migration/memory/bitmap.ts'
import { type PrefetcherName, prefetchers } from '#shared/migration/policies/prefetch/index.ts'
import { type PushOrderName, pushOrders } from '#shared/migration/policies/push/index.ts'
import { mix32 } from '#shared/sim/kernel/streams.ts'
import { type Benchmark, type Finding, median } from './benchmark.ts'

export const policyBenchmarks: readonly Benchmark[] = [
  { name: 'push-orders', title: 'CPU time of choosing all pages of a 16 GiB guest, with 600,000 faults in between', measure: measurePushOrders },
  { name: 'prefetchers', title: 'CPU time of predicting after each of 600,000 faults, in runs and apart', measure: measurePrefetchers },
]

const repetitions = 3
const pageCount = 2 ** 22
const faults = 600_000
const pagesPerFault = 6
const pivots = 7

/** CPU time, median of the repetitions. */
function secondsOf(work: () => void): number {
  const seconds: number[] = []
  for (let i = 0; i < repetitions; i++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    seconds.push((user + system) / 1e6)
  }
  return median(seconds)
}

function pushEverything(name: PushOrderName): void {
  const left = new Bitmap(pageCount)
  left.addRange(0, pageCount)
  const order = pushOrders[name](left, { pageCount, pivots })
  const batch = new Int32Array(256)
  const push = (limit: number): number => {
    const count = order.next(batch, limit)
    for (let i = 0; i < count; i++) left.remove(batch[i] ?? 0)
    return count
  }
  for (let fault = 0; fault < faults; fault++) {
    const page = mix32(fault) % pageCount
    order.faulted(page)
    left.remove(page)
    push(pagesPerFault)
  }
  while (push(batch.length) > 0);
  if (!left.isEmpty()) throw new Error(`${name} left pages behind`)
}

function predictEverything(name: PrefetcherName, chain: boolean): void {
  const prefetcher = prefetchers[name]({ k: 8, window: 8, order: 3, threshold: 0.05, alphabet: 'delta', escape: 'C', chain })
  const wanted = (page: number): boolean => page >= 0 && page < pageCount
  let page = 0
  for (let fault = 0; fault < faults; fault++) {
    page = mix32(fault) % 8 === 0 ? mix32(fault + faults) % pageCount : page + 1 + (mix32(fault) % 3)
    prefetcher.predict(page, wanted)
  }
}

async function measurePushOrders(): Promise<readonly Finding[]> {
  const names = Object.keys(pushOrders) as PushOrderName[]
  return names.map((name) => ({ what: name, value: secondsOf(() => pushEverything(name)), unit: 's', target: { atMost: 1 } }))
}

async function measurePrefetchers(): Promise<readonly Finding[]> {
  const names = Object.keys(prefetchers) as PrefetcherName[]
  const microseconds = (name: PrefetcherName, chain: boolean): number => (secondsOf(() => predictEverything(name, chain)) / faults) * 1e6
  return [
    ...names.map((name) => ({ what: name === 'ppm' ? 'ppm, as a chain' : name, value: microseconds(name, true), unit: 'us/fault' })),
    { what: 'ppm, in one step', value: microseconds('ppm', false), unit: 'us/fault' },
  ]
}
