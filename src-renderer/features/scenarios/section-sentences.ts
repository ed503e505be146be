/**
 * What a folded section says, in one sentence. The sections that matter most have sentences of their own; every other one
 * names its kind and what differs from the defaults.
 */

import { type FieldDescription, sameValue, type SectionDescription } from '#shared/scenario/editor-model.ts'
import type { Path } from '#shared/scenario/problem.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'
import { trackingCosts, trapCosts } from '#shared/scenario/tracking-mechanisms.ts'
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
      workload.kind === 'idle' ? 'Idle' : workload.kind === 'trace' ? `Trace ${workload.trace === '' ? 'not named' : workload.trace} in ${formatQuantity(workload.workingSet, 'bytes')}` : `${sentenceCase(workload.kind)}, ${formatQuantity(workload.writes, 'pagesPerSecond')} over ${formatQuantity(workload.workingSet, 'bytes')}`,
      workload.processes.length > 0 ? `${workload.processes.length} further ${workload.processes.length === 1 ? 'process' : 'processes'}` : '',
    ]),
  link: ({ link }) =>
    joined([
      formatQuantity(link.bandwidth, 'bitsPerSecond'),
      `${formatQuantity(link.latency, 'nanoseconds')} one way`,
      link.background > 0 ? `${formatQuantity(link.background, 'bitsPerSecond')} of others` : '',
    ]),
  destination: ({ destination }) => (destination.freeMemory === null ? 'Room for any guest' : `${formatQuantity(destination.freeMemory, 'bytes')} free`),
  tracking: ({ tracking, strategy }) =>
    joined([
      `${trackingNames[tracking.mechanism] ?? sentenceCase(tracking.mechanism)}, ${formatQuantity(trackingCosts(tracking).writeFaultNs, 'nanoseconds')} a first write`,
      runsWithoutMemory(strategy.kind) ? `${trapNames[tracking.trap]}, ${formatQuantity(trapCosts(tracking).majorNs, 'nanoseconds')} a fault` : '',
      tracking.asyncFaults ? 'other threads go on' : '',
    ]),
  balloon: ({ balloon }) =>
    joined([
      balloon.kind === 'none' ? 'No balloon' : balloon.kind === 'static' ? `A balloon of ${formatQuantity(balloon.size, 'bytes')}` : `Self-ballooning every ${formatQuantity(balloon.interval, 'nanoseconds')} down to ${formatQuantity(balloon.reserve, 'bytes')} free`,
      balloon.releasePageCache ? 'page cache released' : '',
    ]),
  strategy: ({ strategy }) => strategySentence(strategy),
  optimisations: ({ optimisations }) => optimisationsSentence(optimisations),
  storage: ({ storage }) => `${sentenceCase(storage.kind)}, writes ${formatQuantity(storage.writeRate, 'bitsPerSecond')}, reads ${formatQuantity(storage.readRate, 'bitsPerSecond')}`,
  disk: ({ disk }) =>
    disk.kind === 'none'
      ? 'Nothing to copy'
      : joined([formatQuantity(disk.size, 'bytes'), `${formatQuantity(disk.baseShare, 'fraction')} in the base disk`, disk.layers.length > 0 ? `${disk.layers.length} ${disk.layers.length === 1 ? 'layer' : 'layers'}` : '']),
  fleet: ({ fleet }) =>
    fleet.guests === 1 ? 'One guest' : joined([`${fleet.guests} guests in ${fleet.order}`, fleet.hosts > 1 ? `from ${fleet.hosts} hosts` : '', fleet.perHost === null ? '' : `${fleet.perHost} at a time from each host`]),
  wws: ({ wws }) => (wws.duration === 0 ? 'Not measured' : `Measured for ${formatQuantity(wws.duration, 'nanoseconds')}`),
  faults: ({ faults }) => (faults.length === 0 ? 'Nothing fails' : sentenceCase(joined(faults.slice(0, mostParts).map(failureWords).concat(faults.length > mostParts ? [`${faults.length - mostParts} more`] : [])))),
}

const trapNames: Readonly<Record<Scenario['tracking']['trap'], string>> = {
  shadow: 'traps by shadow paging',
  'page-tracking': 'traps by page tracking in the guest',
  'pseudo-paging': 'traps by pseudo-paging',
  userfaultfd: 'traps by userfaultfd',
  'user-pager': 'traps by a user-space pager',
}

function runsWithoutMemory(kind: Scenario['strategy']['kind']): boolean {
  return kind === 'postcopy' || kind === 'hybrid' || kind === 'on-demand' || kind === 'three-stage'
}

const strategyNames: Readonly<Record<Scenario['strategy']['kind'], string>> = {
  'stop-and-copy': 'Stop-and-copy',
  precopy: 'Pre-copy',
  postcopy: 'Post-copy',
  'on-demand': 'Post-copy on demand',
  hybrid: 'Pre-copy, then post-copy',
  'three-stage': 'Three-stage copy',
  self: 'Self migration',
  cold: 'Cold migration',
}

const pushNames: Readonly<Record<Scenario['strategy']['push'], string>> = { linear: 'pushed by address', forward: 'pushed forward', dual: 'bubbling in both directions', 'multi-pivot': 'bubbling' }

function strategySentence(strategy: Scenario['strategy']): string {
  const { kind, policy, push, pivots, prefetch, prefetchPages, ppmOrder } = strategy
  const iterates = kind === 'precopy' || kind === 'hybrid' || kind === 'self'
  const prefetched = { none: '', 'next-k': `the next ${prefetchPages} pages along`, neighbours: `a window of ${prefetchPages} pages along`, stride: `${prefetchPages} pages along by stride`, ppm: `PPM of order ${ppmOrder}, ${prefetchPages} pages along` }[prefetch]
  const afterwards = runsWithoutMemory(kind)
    ? [push === 'multi-pivot' ? `${pushNames[push]} around up to ${pivots} pivots` : pushNames[push], prefetched, strategy.preempt ? 'faults on a connection of their own' : '', strategy.recover ? 'recovers' : '', strategy.checkpoint ? 'reverse checkpoints' : '']
    : []
  return joined([strategyNames[kind], iterates ? (policy === 'none' ? 'no named policy' : `policy ${policy}`) : '', ...afterwards]) + rates(strategy, iterates)
}

function optimisationsSentence({ zeroPages, delta, compression, channels, throttle, autoConverge, stun }: Scenario['optimisations']): string {
  const on = [
    zeroPages === 'off' ? '' : 'zero pages as markers',
    delta ? 'deltas' : '',
    compression === 'none' ? '' : `${compression} compression`,
    channels > 1 ? `${channels} channels` : '',
    throttle === 'none' ? (autoConverge ? 'auto-converge' : '') : throttle,
    stun ? 'stunning' : '',
  ]
  return on.every((part) => part === '') ? 'None' : sentenceCase(joined(on))
}

function failureWords({ kind, at, phase, lasts }: Scenario['faults'][number]): string {
  const what = { 'link-loss': 'link lost', 'source-crash': 'source crashes', 'destination-crash': 'destination crashes' }[kind]
  const start = at === null ? '' : formatQuantity(at, 'nanoseconds')
  const when = phase === 'any' ? (start === '' ? '' : ` at ${start}`) : ` in ${phase}${start === '' ? '' : ` after ${start}`}`
  return `${what}${when}${kind === 'link-loss' && lasts !== null ? ` for ${formatQuantity(lasts, 'nanoseconds')}` : ''}`
}

function rates({ minRate, maxRate }: Scenario['strategy'], iterates: boolean): string {
  if (minRate === null && maxRate === null) return iterates ? ', as fast as the link allows' : ''
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
