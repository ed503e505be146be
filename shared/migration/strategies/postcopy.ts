/**
 * Post-copy migration: Hines and Gopalan, VEE 2009, and its descendants.
 *
 * The guest is stopped; its processor state, and the memory whose absence the destination cannot trap, are sent; it
 * resumes on the destination. Then its memory is brought, each page at most once: a page that the guest misses at once
 * (demand paging), the others by active push, in an order that may follow the faults (bubbling), with pages that are
 * expected to be wanted next travelling along (prefetch). From the moment it resumes, the guest is in two places: a
 * failure of either loses it, unless checkpoints sent back to the source let it go on there (`failures.ts`).
 */

import type { Scenario } from '../../scenario/scenario.ts'
import { memoryLayout } from '../../scenario/memory-layout.ts'
import { missesNonPageable } from '../../scenario/tracking-mechanisms.ts'
import { Bitmap } from '../memory/bitmap.ts'
import { prefetchers } from '../policies/prefetch/index.ts'
import type { Prefetcher } from '../policies/prefetch/prefetcher.ts'
import { pushOrders } from '../policies/push/index.ts'
import type { PushOrder } from '../policies/push/push-order.ts'
import { ConnectionLost, type SourceWorld, type Step } from '../world.ts'
import { copyLastBlocks } from './disk.ts'
import { addDirtied, type Migration, type MigrationContext, reserve, sendPass } from './stages.ts'

export function* postCopy(context: MigrationContext, scenario: Scenario): Migration {
  const { world } = context
  const refused = yield* reserve(world)
  if (refused !== null) return refused
  world.limitRate(scenario.strategy.maxRate)
  return yield* continueOnDestination(context, scenario, { iteration: 0, left: Bitmap.full(world.pageCount), stopRule: null })
}

/** Demand paging alone, as in Yabusame: for a time nothing is sent but what the guest asks for; then the rest is pushed. */
export function* onDemand(context: MigrationContext, scenario: Scenario): Migration {
  const { world } = context
  const refused = yield* reserve(world)
  if (refused !== null) return refused
  world.limitRate(scenario.strategy.maxRate)
  return yield* continueOnDestination(context, scenario, { iteration: 0, left: Bitmap.full(world.pageCount), stopRule: null, pushAfterNs: scenario.strategy.demandTime })
}

export interface Departure {
  /** Iterations that were made before. */
  readonly iteration: number
  /** Pages that the destination does not have, apart from those written since the log was last read. */
  readonly left: Bitmap
  readonly stopRule: string | null
  /** Send a bitmap of the missing pages in the downtime. */
  readonly announceMissing?: boolean
  /** Time on the destination before anything is pushed. */
  readonly pushAfterNs?: number
}

/** Stops the guest, starts it on the destination, and brings what is left of its memory. */
export function* continueOnDestination(context: MigrationContext, scenario: Scenario, departure: Departure): Migration {
  const { world, recorder } = context
  const { left, iteration } = departure
  world.enter('stop-and-copy', iteration)
  yield* world.suspend()
  yield* copyLastBlocks(world)
  recorder.beginIteration(iteration, 'stop-and-copy')
  yield* addDirtied(world, left)
  removeReleased(world, left)
  const sent = yield* sendPass(context, { toSend: takeUntrappable(scenario, left) })
  recorder.endIteration({ ...sent, dirtyPages: left.count() })
  if (departure.announceMissing === true) yield* world.sendDirtyBitmap()
  yield* world.sendDeviceState()
  yield* world.dirtyLog.stop()
  if (scenario.strategy.checkpoint) world.keepCheckpoints(scenario.strategy.checkpointInterval)
  world.enter('activation')
  yield* world.activate()

  world.enter('postcopy')
  recorder.beginIteration(iteration + 1, 'postcopy')
  const delivery = new Delivery(context, scenario, left)
  const pushFromNs = world.now() + (departure.pushAfterNs ?? 0)
  for (let isConnected = true; ; isConnected = false) {
    try {
      if (!isConnected) {
        yield* world.reconnect(left)
        delivery.startAgain()
      }
      yield* delivery.run(pushFromNs)
      world.enter('commitment')
      yield* world.commit()
      break
    } catch (cause) {
      if (!(cause instanceof ConnectionLost) || !scenario.strategy.recover) throw cause
    }
  }
  recorder.endIteration({ ...delivery.result(), dirtyPages: 0 })
  return { outcome: 'completed', stopRule: departure.stopRule }
}

/** What the guest gave back is not brought to the destination. */
function removeReleased(world: SourceWorld, left: Bitmap): void {
  for (let page = left.next(0); page >= 0; page = left.next(page + 1)) if (world.isReleased(page)) left.remove(page)
}

/** Takes from `left` the pages that must be there before the guest resumes, because their absence cannot be trapped. */
function takeUntrappable(scenario: Scenario, left: Bitmap): Bitmap {
  const taken = new Bitmap(left.size)
  if (!missesNonPageable(scenario.tracking)) return taken
  const { first, end } = memoryLayout(scenario).nonPageable
  for (let page = left.next(first); page >= 0 && page < end; page = left.next(page + 1)) {
    taken.add(page)
    left.remove(page)
  }
  return taken
}

/** Brings the pages that are left, by demand, prediction and push. */
class Delivery {
  readonly #context: MigrationContext
  readonly #strategy: Scenario['strategy']
  readonly #left: Bitmap
  readonly #batch: Int32Array
  readonly #one = new Int32Array(1)
  readonly #along: Int32Array
  readonly #prefetcher: Prefetcher
  #order: PushOrder
  #leftCount: number
  #sentPages = 0
  #zeroPages = 0
  #bytes = 0

  constructor(context: MigrationContext, { strategy }: Scenario, left: Bitmap) {
    this.#context = context
    this.#strategy = strategy
    this.#left = left
    this.#batch = new Int32Array(strategy.pushBatch)
    this.#along = new Int32Array(strategy.prefetchPages)
    this.#prefetcher = makePrefetcher(strategy)
    this.#order = this.#makeOrder()
    this.#leftCount = left.count()
  }

  result(): { readonly sentPages: number; readonly skippedPages: number; readonly zeroPages: number; readonly bytes: number } {
    return { sentPages: this.#sentPages, skippedPages: 0, zeroPages: this.#zeroPages, bytes: this.#bytes }
  }

  /** `left` was set anew. */
  startAgain(): void {
    this.#leftCount = this.#left.count()
    this.#order = this.#makeOrder()
  }

  *run(pushFromNs: number): Step<void> {
    const { world } = this.#context
    if (this.#strategy.preempt) {
      yield* world.both(this.#serve(), this.#push(pushFromNs))
      return
    }
    while (this.#leftCount > 0) {
      yield* this.#serveAsked()
      const now = world.now()
      if (now < pushFromNs) yield* world.awaitRequest(pushFromNs - now)
      else if (this.#leftCount > 0) yield* this.#pushBatch()
    }
  }

  /** On a connection of its own: what the guest asks for. */
  *#serve(): Step<void> {
    const { world } = this.#context
    while (this.#leftCount > 0) {
      yield* this.#serveAsked()
      if (this.#leftCount > 0) yield* world.awaitRequest(null)
    }
    world.wake()
  }

  *#push(fromNs: number): Step<void> {
    const { world } = this.#context
    while (this.#leftCount > 0 && world.now() < fromNs) yield* world.awaitNextRequest(fromNs - world.now())
    while (this.#leftCount > 0) yield* this.#pushBatch()
    world.wake()
  }

  *#serveAsked(): Step<void> {
    const { world } = this.#context
    for (let asked = world.takeRequests(); asked.length > 0; asked = world.takeRequests()) {
      for (const page of asked) yield* this.#answer(page)
    }
  }

  /** A page that was sent meanwhile is on its way already. */
  *#answer(page: number): Step<void> {
    const { world } = this.#context
    this.#order.faulted(page)
    const wanted = (candidate: number): boolean => candidate >= 0 && candidate < this.#left.size && this.#left.has(candidate) && !world.isReleased(candidate)
    const isLeft = this.#left.has(page)
    if (isLeft) {
      this.#take(page)
      this.#one[0] = page
      if (!world.isReleased(page)) yield* this.#send(this.#one, 1, 'demand')
    }
    let count = 0
    for (const candidate of this.#prefetcher.predict(page, wanted)) {
      if (count === this.#along.length) break
      this.#take(candidate)
      this.#along[count++] = candidate
    }
    if (count > 0) yield* this.#send(this.#along, count, 'prediction')
  }

  *#pushBatch(): Step<void> {
    const { world } = this.#context
    const startNs = world.now()
    const found = this.#order.next(this.#batch, this.#batch.length)
    let count = 0
    for (let i = 0; i < found; i++) {
      const page = this.#batch[i] ?? 0
      this.#take(page)
      if (!world.isReleased(page)) this.#batch[count++] = page
    }
    if (count > 0) yield* this.#send(this.#batch, count, 'push')
    const { pushInterval } = this.#strategy
    if (pushInterval === null || this.#leftCount === 0) return
    const nextNs = startNs + pushInterval
    while (this.#leftCount > 0 && world.now() < nextNs) {
      if (this.#strategy.preempt) {
        yield* world.awaitNextRequest(nextNs - world.now())
        continue
      }
      yield* world.awaitRequest(nextNs - world.now())
      yield* this.#serveAsked()
    }
  }

  #take(page: number): void {
    this.#left.remove(page)
    this.#leftCount--
  }

  *#send(pages: Int32Array, count: number, purpose: 'demand' | 'prediction' | 'push'): Step<void> {
    const { world } = this.#context
    const sent = yield* world.sendPages(pages, count, purpose)
    this.#sentPages += count
    this.#zeroPages += sent.zeroPages
    this.#bytes += sent.bytes
    world.noteRemaining(this.#leftCount * world.pageBytes)
  }

  #makeOrder(): PushOrder {
    const { push, pivots } = this.#strategy
    return pushOrders[push](this.#left, { pageCount: this.#left.size, pivots })
  }
}

function makePrefetcher(strategy: Scenario['strategy']): Prefetcher {
  const { prefetch, prefetchPages, ppmOrder, ppmAlphabet, ppmEscape, ppmThreshold, ppmChain, ppmFallback } = strategy
  return prefetchers[prefetch]({ k: prefetchPages, window: prefetchPages, order: ppmOrder, threshold: ppmThreshold, alphabet: ppmAlphabet, escape: ppmEscape, chain: ppmChain, fallsBack: ppmFallback })
}
