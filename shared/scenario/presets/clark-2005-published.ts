/**
 * What Clark et al. 2005 published of their four migrations, each figure with how well it is known, and how near a
 * simulation is meant to come. a MB of the paper is 2^20 bytes, see clark-2005.ts.
 */

import type { MigrationStats } from '../../model/migration-stats.ts'
import type { SourceTag } from '../fields.ts'
import type { PublishedFigure, PublishedResults } from './published-figure.ts'

type Row = Omit<PublishedFigure, 'subject' | 'promised' | 'of'> & {
  /** Relative error that the simulation should keep, as a fraction; null where nothing was promised. */
  readonly bound: number | null
  readonly of: (stats: MigrationStats) => number
}

function figures(preset: string, rows: readonly Row[]): readonly PublishedFigure[] {
  return rows.map(({ bound, of, ...row }) => ({
    ...row,
    subject: preset.replace(/^.*\//, ''),
    promised: bound === null ? null : { share: bound },
    of: (runs) => runs.filter((run) => run.factors['preset'] === preset).map(of),
  }))
}

const pageBytes = 4096
const megabyte = 2 ** 20

function precopyMegabytes(iteration: number): (stats: MigrationStats) => number {
  return ({ iterations }) => {
    const row = iterations.find((candidate) => candidate.phase === 'precopy' && candidate.iteration === iteration)
    return ((row?.pages ?? 0) * pageBytes) / megabyte
  }
}

function lastCopyMegabytes({ iterations }: MigrationStats): number {
  return ((iterations.find((row) => row.phase === 'stop-and-copy')?.pages ?? 0) * pageBytes) / megabyte
}

const totalMegabytes = ({ pagesSent }: MigrationStats): number => (pagesSent * pageBytes) / megabyte

interface Sequence {
  readonly iterations: readonly number[]
  readonly last: number
  readonly total: number
  readonly downtimeMs: number
  readonly downtimeTag: SourceTag
}

/** The figures of one bar chart of the paper. The first four copies, the total and the downtime are bounded. */
function sequence(preset: string, published: Sequence): readonly PublishedFigure[] {
  const rows: Row[] = published.iterations.map((value, iteration) => ({
    quantity: `iteration ${iteration}`, unit: 'MiB', value, tag: 'recalled', bound: iteration < 4 ? 0.2 : null, of: precopyMegabytes(iteration),
  }))
  rows.push({ quantity: 'last copy', unit: 'MiB', value: published.last, tag: 'recalled', bound: published.iterations.length < 4 ? 0.2 : null, of: lastCopyMegabytes })
  rows.push({ quantity: 'total', unit: 'MiB', value: published.total, tag: 'recalled', bound: 0.05, of: totalMegabytes })
  rows.push({ quantity: 'downtime', unit: 'ms', value: published.downtimeMs, tag: published.downtimeTag, bound: 0.15, of: (stats) => stats.downtimeMs })
  return figures(preset, rows)
}

const web = 'clark-2005/simple-web'

const published: readonly PublishedFigure[] = [
  ...figures(web, [
    { quantity: 'first pass', unit: 'MiB', value: 776, tag: 'recalled', bound: 0.15, of: precopyMegabytes(0) },
    { quantity: 'first pass', unit: 's', value: 62, tag: 'recalled', bound: 0.15, of: ({ iterations }) => (iterations[0]?.ms ?? 0) / 1e3 },
    { quantity: 'further passes', unit: 's', value: 9.8, tag: 'recalled', bound: null, of: furtherPassesSeconds },
    { quantity: 'served in the first pass', unit: 'Mbit/s', value: 765, tag: 'recalled', bound: null, of: (stats) => stats.guestTrafficBitsPerSecond / 1e6 },
    { quantity: 'outage', unit: 'ms', value: 165, tag: 'recalled', bound: 0.15, of: (stats) => stats.downtimeMs },
  ]),
  ...sequence('clark-2005/specweb99', {
    iterations: [676.8, 126.7, 39.0, 28.4, 24.2, 16.7, 14.2, 15.3], last: 18.2, total: 960, downtimeMs: 210, downtimeTag: 'verified',
  }),
  ...sequence('clark-2005/quake3', {
    iterations: [56.3, 20.4, 4.6, 1.6, 1.2, 0.9, 1.2, 1.1, 0.8, 0.2, 0.1], last: 0.148, total: 88, downtimeMs: 60, downtimeTag: 'verified',
  }),
  ...sequence('clark-2005/diabolical', { iterations: [255.4, 44.0, 116.0], last: 222.5, total: 638, downtimeMs: 3500, downtimeTag: 'source' }),
]

function furtherPassesSeconds({ iterations }: MigrationStats): number {
  const later = iterations.filter((row) => row.phase === 'precopy' && row.iteration > 0)
  return later.reduce((sum, row) => sum + row.ms, 0) / 1e3
}

const remarks: readonly string[] = [
  'A MB of the paper is read as a MiB. The four workloads were fitted to these figures (lab).',
  'SPECweb99, last copy: 18.2 MB in 210 ms is more than 690 Mbit/s, above the maximum of 500 Mbit/s at which the other guests, and this model, make their last copy. Volume and downtime cannot both be met; the downtime is, and so the late iterations and the last copy are smaller than published.',
  'Quake 3, late iterations: the published sequence dirties more in the 4.5 s of iteration 0 than a process with a constant rate that dirties 4.6 MB in the next 1.6 s can. The first four iterations are a compromise; the later ones are smaller than published.',
  'Simple web server, service: the link has room for both, so the guest keeps its 870 Mbit/s beside the first pass; what the paper lost there was processor time in the hosts, which the model does not have.',
]

export const clark2005Published: PublishedResults = { source: 'Clark et al. 2005', figures: published, remarks }
