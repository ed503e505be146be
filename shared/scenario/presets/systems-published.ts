/** What was published of post-copy, three-stage copy, preemption and the dirty limit. Nothing here is read off a chart. */

import type { RunRecord } from '../../model/migration-stats.ts'
import type { PublishedFigure, PublishedResults } from './published-figure.ts'

type Quantity = (run: RunRecord) => number
type Factors = Readonly<Record<string, string>>

function runsAt(runs: readonly RunRecord[], factors: Factors): readonly RunRecord[] {
  return runs.filter((run) => Object.entries(factors).every(([field, value]) => String(run.factors[field]) === value))
}

/** One value for each repetition, compared between points under the same seed; a repetition without both is left out. */
function pairs(runs: readonly RunRecord[], [before, after]: readonly [Factors, Factors], quantity: Quantity): ReadonlyArray<readonly [number, number]> {
  return runsAt(runs, before).flatMap((run) => {
    const other = runsAt(runs, after).find(({ repetition }) => repetition === run.repetition)
    return other === undefined ? [] : [[quantity(run), quantity(other)] as const]
  })
}

const workingSets: Readonly<Record<string, number>> = { '128 MiB': 128, '256 MiB': 256, '512 MiB': 512 }

/** Network faults in percent of the pages of the working set. */
function faultShare({ majorFaults, pageBytes, factors }: RunRecord): number {
  return (100 * majorFaults * pageBytes) / ((workingSets[String(factors['workload.workingSet'])] ?? Number.NaN) * 2 ** 20)
}

function faultFigures(workload: string): PublishedFigure[] {
  const of = (runs: readonly RunRecord[]): readonly number[] =>
    runsAt(runs, { preset: 'hines-2009/multi-pivot', 'workload.name': workload, 'guest.memory': '1024 MiB', 'balloon.kind': 'none' }).map(faultShare)
  const figure = { subject: `multi-pivot, ${workload}, 1 GiB`, unit: '% of the working set', of } as const
  return [
    { ...figure, quantity: 'network faults, at most (abstract)', value: 21, tag: 'verified', promised: { atMost: 21 } },
    { ...figure, quantity: "network faults, at most (authors' page)", value: 17, tag: 'verified', promised: { atMost: 17 } },
  ]
}

export const hines2009Published: PublishedResults = {
  source: 'Hines and Gopalan 2009',
  figures: [...faultFigures('read-intensive'), ...faultFigures('write-intensive')],
  remarks: [
    'No table of single workloads could be read, so none is compared; their workloads are programs, ours are patterns (lab).',
    'The faults stay far below the published bounds: a guest with one virtual processor accesses nothing while it waits for a page, and the push goes on.',
  ],
}

const tsmcSizes = ['128 MiB', '256 MiB', '512 MiB', '1024 MiB'] as const

/** The change from pre-copy to three-stage copy in percent, the mean over guest sizes of each repetition. */
function tsmcChange(quantity: Quantity): (runs: readonly RunRecord[]) => readonly number[] {
  return (runs) => {
    const changes = new Map<number, number[]>()
    for (const memory of tsmcSizes) {
      const low = runsAt(runs, { 'workload.writes': '12000 pages/s', 'guest.memory': memory })
      for (const xen of runsAt(low, { preset: 'tsmc-2014/xen' })) {
        const three = runsAt(low, { preset: 'tsmc-2014/three-stage' }).find(({ repetition }) => repetition === xen.repetition)
        if (three !== undefined) changes.set(xen.repetition, [...(changes.get(xen.repetition) ?? []), 100 * (quantity(three) / quantity(xen) - 1)])
      }
    }
    return [...changes.values()].filter(({ length }) => length === tsmcSizes.length).map((values) => values.reduce((sum, value) => sum + value, 0) / values.length)
  }
}

export const tsmc2014Published: PublishedResults = {
  source: 'Song, Liu, Yin and Gao 2014',
  figures: [
    { subject: 'against Xen, low dirtying rate', quantity: 'total time', unit: '%', value: -36.2, tag: 'verified', promised: { within: 5 }, of: tsmcChange((run) => run.totalMs) },
    { subject: 'against Xen, low dirtying rate', quantity: 'pages', unit: '%', value: -22, tag: 'verified', promised: { within: 5 }, of: tsmcChange((run) => run.pagesSent) },
  ],
  remarks: [
    'A fit, not a prediction: of the two values chosen for it (lab), the dirtying rate gives the pages, and the cost of reading the log, 300 ns for each page of the guest, the time that falls further than the pages. Without that cost both fall alike.',
    'The stop rules are those of Xen from late 2005 (29 iterations, 50 pages, three times the memory), and the first stage leaves out pages that are dirty again, as the first iteration of Xen does; that they used both is assumed.',
    'Other rates tell how far it carries: at 3000 pages/s both send about as much, and the times differ by little but that cost.',
  ],
}

const preempted: Factors = { 'strategy.pushBatch': '256', 'link.bandwidth': '1 Gbit/s' }
const without: Factors = { ...preempted, 'strategy.preempt': 'off' }
const withIt: Factors = { ...preempted, 'strategy.preempt': 'on' }
const latencyMs: Quantity = (run) => run.faultMeanMs

export const preemptPublished: PublishedResults = {
  source: 'QEMU, post-copy preemption',
  figures: [
    { subject: 'one connection', quantity: 'latency of a 4 KiB page', unit: 'ms', value: 10.68, tag: 'verified', promised: null, of: (runs) => runsAt(runs, without).map(latencyMs) },
    { subject: 'with preemption', quantity: 'latency of a 4 KiB page', unit: 'ms', value: 0.57, tag: 'verified', promised: null, of: (runs) => runsAt(runs, withIt).map(latencyMs) },
    { subject: 'one connection against two', quantity: 'lower by a factor of', unit: '', value: 18.7, tag: 'verified', promised: { atLeast: 10 }, of: (runs) => pairs(runs, [without, withIt], latencyMs).map(([before, after]) => before / after) },
  ],
  remarks: [
    'The unit of the two published latencies is inferred, and their set-up is not known; the factor is their quotient. Simulated: 1 Gbit/s, 256 pages in the queue (lab).',
    'The factor follows the queue: it is about the time that the queue takes on the link over the time of one exchange, so a short queue or a fast link makes it smaller.',
  ],
}

const dirtyLimitMs = { 'dirty-limit': [2014, 5381, 6037, 7660], 'auto-converge': [2131, 12590, 33545] } as const
const dirtySizes = [60, 70, 90, 110] as const

export const dirtyLimitPublished: PublishedResults = {
  source: 'the comparison made for QEMU 8.1',
  figures: Object.entries(dirtyLimitMs).flatMap(([throttle, times]) =>
    times.map((value, index): PublishedFigure => ({
      subject: throttle,
      quantity: `total time, ${dirtySizes[index]} MB dirty`,
      unit: 'ms',
      value,
      tag: 'verified',
      promised: null,
      of: (runs) => runsAt(runs, { preset: `qemu-dirty-${dirtySizes[index]}-mb`, 'optimisations.throttle': throttle }).map((run) => run.totalMs),
    })),
  ),
  remarks: ['With auto-converge and 110 MB the published migration never ended. Host, link and write speed behind the figures are not known, so only their order is meant to agree.'],
}

export const cui2020Published: PublishedResults = {
  source: 'Cui, Chen and Zhu 2020',
  figures: [],
  remarks: [
    'No figure of theirs could be read; order, pages, escape method, threshold and workloads are ours (lab), and so is every result.',
    'Where PPM has seen nothing it takes the next page, so it can hardly do worse than the next pages: on sort it leaves half their faults or less with 8 pages and more, on the patterns as many. Where not: on sqlite, with 4 and 8 pages, it leaves up to 3 % more.',
    'Every page of the two traces is accessed in the end, so that predictions without a chain, whatever they are, leave fewest faults; but the pages come long before they are wanted, and the link is busy with them. That is why a chain is the default. cui-2020-ppm shows both.',
  ],
}
