/** The events of a page trace as operations: reads and writes in their order, one for each page of the guest that an event touches. */

import type { ProcesslessStream } from './operation-stream.ts'
import { firstAbove, firstAtLeast, slotLayout, type TraceReplay } from './trace-source.ts'

export function traceOperations(replay: TraceReplay): ProcesslessStream {
  const { trace, firstPage, loop, stretch, startNs } = replay
  const layout = slotLayout(replay)
  const { times, pages, writes, durationNs } = trace
  // Operations, and writes among them, that come before each event of a loop.
  const before = new Float64Array(times.length + 1)
  const writesBefore = new Float64Array(times.length + 1)
  for (let event = 0; event < times.length; event++) {
    const slot = layout.slotOfTracePage(pages[event] ?? 0)
    const touched = layout.firstGuestPage(slot + 1) - layout.firstGuestPage(slot)
    before[event + 1] = (before[event] ?? 0) + touched
    writesBefore[event + 1] = (writesBefore[event] ?? 0) + (writes[event] === 0 ? 0 : touched)
  }
  const perLoop = before.at(-1) ?? 0
  const writesPerLoop = writesBefore.at(-1) ?? 0
  const skipped = before[firstAtLeast(times, startNs)] ?? 0

  const loopOf = (k: number): number => (loop && perLoop > 0 ? Math.floor((skipped + k) / perLoop) : 0)
  /** The event of a number within a loop. */
  const eventOf = (within: number): number => firstAbove(before, within) - 1
  const within = (k: number): number => skipped + k - loopOf(k) * perLoop
  const writesUntil = (count: number): number => {
    const rest = within(count)
    const event = Math.min(eventOf(rest), times.length)
    const partial = event < times.length && writes[event] !== 0 ? rest - (before[event] ?? 0) : 0
    return loopOf(count) * writesPerLoop + (writesBefore[event] ?? 0) + partial
  }
  const writesSkipped = writesUntil(0)

  return {
    firstPage,
    endPage: firstPage + layout.pages,
    does: 'trace',
    isWrite: (k) => writes[eventOf(within(k))] !== 0,
    page(k) {
      const number = within(k)
      const event = eventOf(number)
      return firstPage + layout.firstGuestPage(layout.slotOfTracePage(pages[event] ?? 0)) + number - (before[event] ?? 0)
    },
    guestNsOf(k) {
      const number = within(k)
      if (number >= perLoop) return Infinity
      return (loopOf(k) * durationNs + (times[eventOf(number)] ?? 0) - startNs) * stretch
    },
    countAt(guestNs) {
      const moment = startNs + guestNs / stretch
      const loops = loop ? Math.floor(moment / durationNs) : 0
      return Math.max(0, loops * perLoop + (before[firstAbove(times, moment - loops * durationNs)] ?? 0) - skipped)
    },
    writesAmong: (count) => writesUntil(count) - writesSkipped,
  }
}
