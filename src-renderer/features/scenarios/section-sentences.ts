/**
 * What a folded section says, in one sentence. The sections that matter most have sentences of their own; every other one
 * names its kind and what differs from the defaults.
 */

import { type FieldDescription, sameValue, type SectionDescription } from '#shared/scenario/editor-model.ts'
import type { Path } from '#shared/scenario/problem.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { trackingCosts } from '#shared/scenario/tracking-mechanisms.ts'
import { formatQuantity } from '#shared/units/quantity.ts'
import { normalised } from '../../components/fields/typed-value.ts'

export interface InForce {
  /** The value of a field as written, by file, preset or policy; undefined: the default. */
  readonly valueOf: (field: FieldDescription) => unknown
  readonly isIdle: (field: FieldDescription) => boolean
  readonly lengthOf: (list: Path) => number
}

/** Longer lists of differences end with how many more there are. */
const mostParts = 4

/** `scenario` is null while a field of it has a value that is not allowed. */
export function sectionSentence(section: SectionDescription, scenario: Scenario | null, inForce: InForce): string {
  const own = scenario === null ? undefined : ownSentences[String(section.path[0])]?.(scenario)
  return own ?? plainSentence(section, inForce)
}

const trackingNames: Readonly<Record<string, string>> = {
  shadow: 'Shadow paging',
  hap: 'Hardware-assisted paging',
  pml: 'Page-modification log',
  'dirty-ring': 'Dirty ring',
  'soft-dirty': 'Soft-dirty bits',
}

const ownSentences: Readonly<Record<string, (scenario: Scenario) => string>> = {
  guest: ({ guest }) =>
    joined([
      formatQuantity(guest.memory, 'bytes'),
      `pages of ${formatQuantity(guest.pageSize, 'bytes')}`,
      `${guest.vcpus} ${guest.vcpus === 1 ? 'vCPU' : 'vCPUs'}`,
      guest.zeroPages > 0 ? `${formatQuantity(guest.zeroPages, 'fraction')} zero pages` : '',
    ]),
  workload: ({ workload }) =>
    joined([
      workload.kind === 'idle' ? 'Idle' : `${sentenceCase(workload.kind)}, ${formatQuantity(workload.writes, 'pagesPerSecond')} over ${formatQuantity(workload.workingSet, 'bytes')}`,
      workload.processes.length > 0 ? `${workload.processes.length} further ${workload.processes.length === 1 ? 'process' : 'processes'}` : '',
    ]),
  link: ({ link }) =>
    joined([
      formatQuantity(link.bandwidth, 'bitsPerSecond'),
      `${formatQuantity(link.latency, 'nanoseconds')} one way`,
      link.background > 0 ? `${formatQuantity(link.background, 'bitsPerSecond')} of others` : '',
    ]),
  destination: ({ destination }) => (destination.freeMemory === null ? 'Room for any guest' : `${formatQuantity(destination.freeMemory, 'bytes')} free`),
  tracking: ({ tracking }) => `${trackingNames[tracking.mechanism] ?? sentenceCase(tracking.mechanism)}, ${formatQuantity(trackingCosts(tracking).writeFaultNs, 'nanoseconds')} a first write`,
  strategy: ({ strategy }) => (strategy.kind === 'precopy' ? `Pre-copy, ${strategy.policy === 'none' ? 'no named policy' : `policy ${strategy.policy}`}${rates(strategy)}` : sentenceCase(strategy.kind)),
  wws: ({ wws }) => (wws.duration === 0 ? 'Not measured' : `Measured for ${formatQuantity(wws.duration, 'nanoseconds')}`),
  faults: ({ faults }) => (faults.length === 0 ? 'Nothing fails' : `${faults.length} ${faults.length === 1 ? 'failure' : 'failures'}`),
}

function rates({ minRate, maxRate }: Scenario['strategy']): string {
  if (minRate === null && maxRate === null) return ', as fast as the link allows'
  if (minRate !== null && maxRate !== null) return `, ${formatQuantity(minRate, 'bitsPerSecond')} to ${formatQuantity(maxRate, 'bitsPerSecond')}`
  return maxRate === null ? '' : `, at most ${formatQuantity(maxRate, 'bitsPerSecond')}`
}

function plainSentence(section: SectionDescription, { valueOf, isIdle, lengthOf }: InForce): string {
  const ruling = section.fields.find(({ name }) => name === 'kind' || name === 'mechanism')
  const kind = ruling === undefined ? [] : [sentenceCase(normalised(ruling, valueOf(ruling)))]
  const rest = section.fields.filter((field) => field !== ruling)
  const differing = rest.filter((field) => !isIdle(field) && !sameValue(field, valueOf(field), undefined)).map((field) => `${field.label.toLowerCase()} ${normalised(field, valueOf(field))}`)
  const lists = section.lists.filter(({ path }) => lengthOf(path) > 0).map(({ path, label }) => `${lengthOf(path)} ${label.toLowerCase()}`)
  const parts = [...kind, ...differing, ...lists]
  if (parts.length === 0) return 'All as by default'
  const more = parts.length > mostParts ? [`${parts.length - mostParts} more`] : []
  return sentenceCase([...parts.slice(0, mostParts), ...more].join(', '))
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ')
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
