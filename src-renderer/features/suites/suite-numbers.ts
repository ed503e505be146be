/** What a suite will cost, and what its first run is, in words. */

import { editorSections } from '#shared/scenario/editor-model.ts'
import { formatNumber, formatQuantity } from '#shared/units/quantity.ts'
import type { SuiteOutline } from '../../workers/suite-outline.ts'
import { at, layersOf } from '../scenarios/layers.ts'
import { sectionSentence } from '../scenarios/section-sentences.ts'

export interface SuiteNumbers {
  readonly runs: string
  readonly points: string
  /** Time on this machine with its workers, and on agents one run after the other. */
  readonly time: string
  /** What that time is made of. */
  readonly timeMeaning: string
  /** Time that the guests live through. */
  readonly virtualTime: string
  readonly bytes: string
}

export function suiteNumbers({ runs, points, estimate }: SuiteOutline, workers: number): SuiteNumbers {
  const { cpuSeconds, virtualSeconds, simulatedBytes, agents } = estimate
  const simulating = cpuSeconds / Math.max(1, workers)
  const simulated = `${timeOf(simulating)} to simulate with ${workers} ${workers === 1 ? 'run' : 'runs'} at a time`
  const measured = `${timeOf(agents.seconds)} for ${grouped(agents.runs)} ${agents.runs === 1 ? 'run' : 'runs'} on agents, one after the other`
  return {
    runs: grouped(runs),
    points: grouped(points),
    time: timeOf(simulating + agents.seconds),
    timeMeaning: [...(agents.runs < runs ? [simulated] : []), ...(agents.runs > 0 ? [measured] : [])].join(', '),
    virtualTime: agents.runs < runs ? timeOf(virtualSeconds) : '–',
    bytes: formatQuantity(Math.round(simulatedBytes + agents.bytes), 'bytes'),
  }
}

/** One sentence for each section of the first point's scenario. */
export function firstRunInWords({ firstScenario: scenario }: SuiteOutline, base: unknown): ReadonlyArray<{ readonly label: string; readonly sentence: string }> {
  const layers = layersOf(base)
  return editorSections().map((section) => ({
    label: section.label,
    sentence: sectionSentence(section, scenario, {
      valueOf: ({ path }) => at(layers.merged, path) ?? at(layers.policy, path),
      isIdle: () => false,
      lengthOf: (list) => {
        const found = at(scenario, list)
        return Array.isArray(found) ? found.length : 0
      },
    }),
  }))
}

export function timeOf(seconds: number): string {
  if (seconds < 1) return 'under 1 s'
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${formatNumber(Math.round(seconds / 360) / 10)} h`
  return `${grouped(Math.round(seconds / 86_400))} days`
}

/** A whole number with its thousands apart. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ' ')
}
