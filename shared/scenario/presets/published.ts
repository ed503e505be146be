/** Published results by the suite that repeats them. A suite that is not here has none, or none that could be read. */

import { clark2005Published } from './clark-2005-published.ts'
import { cui2020Published, dirtyLimitPublished, hines2009Published, preemptPublished, tsmc2014Published } from './systems-published.ts'
import type { PublishedResults } from './published-figure.ts'
import { suitePresets } from './index.ts'

const bySuite: Readonly<Record<string, PublishedResults>> = {
  'clark-2005': clark2005Published,
  'hines-2009': hines2009Published,
  'tsmc-2014': tsmc2014Published,
  'cui-2020': cui2020Published,
  preempt: preemptPublished,
  'dirty-limit': dirtyLimitPublished,
}

/** Published results for a suite that comes with Godwit, told by its text, so that a changed one is not held against them. */
export function publishedFor(suiteText: string): PublishedResults | undefined {
  return Object.entries(bySuite).find(([name]) => suitePresets[name]?.yaml === suiteText)?.[1]
}
