/** Whether a trace can be replayed in a working set. */

import { formatQuantity } from '../units/quantity.ts'
import { builtInFacts } from './built-in/facts.ts'
import type { TraceFacts } from './page-trace.ts'

interface WorkingSet {
  readonly workingSet: number
  readonly traceFit: 'recorded' | 'scaled'
}

/** Why not, in words. */
export function traceMisfit({ workingSet, traceFit }: WorkingSet, guestPageBytes: number, { pageBytes, pageCount }: Pick<TraceFacts, 'pageBytes' | 'pageCount'>): string | undefined {
  const show = (bytes: number): string => formatQuantity(bytes, 'bytes')
  if (traceFit === 'scaled') return undefined
  if (pageBytes > guestPageBytes) return `it was recorded in pages of ${show(pageBytes)} and the guest has pages of ${show(guestPageBytes)}; import it with a smaller --page-size, or set traceFit to scaled`
  const needed = Math.ceil((pageCount * pageBytes) / guestPageBytes) * guestPageBytes
  if (needed > Math.floor(workingSet / guestPageBytes) * guestPageBytes) return `it has ${show(needed)} and the working set ${show(workingSet)}; make workingSet larger, or set traceFit to scaled`
  return undefined
}

/** Why a process cannot replay the trace that it names, as far as that is known without the traces that were imported. */
export function builtInMisfit(process: WorkingSet & { readonly trace: string }, guestPageBytes: number): string | undefined {
  if (process.trace === '') return `no trace is named; ${builtInFacts.map(({ name }) => name).join(' and ')} come with Godwit, and godwit import makes others`
  const facts = builtInFacts.find(({ name, digest }) => process.trace === `${name}@${digest}`)
  return facts === undefined ? undefined : traceMisfit(process, guestPageBytes, facts)
}

/** Pages written per second of undisturbed guest time; of an imported trace, which is not known here, the written rate of the process. */
export function replayedPagesPerSecond({ trace, stretch, writes }: { readonly trace: string; readonly stretch: number; readonly writes: number }): number {
  const facts = builtInFacts.find(({ name, digest }) => trace === `${name}@${digest}`)
  return facts === undefined ? writes : facts.writtenPagesPerSecond / stretch
}
