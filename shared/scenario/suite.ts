/**
 * The suite file: a base scenario, the factors to vary, and how often, with which seed and on which backends to run.
 *
 * The schema here says what a file may hold; `read-suite.ts` turns a file into a `Suite`, `expand.ts` a suite into runs.
 */

import * as z from 'zod'
import type { Scalar } from '../model/migration-stats.ts'
import type { Dimension } from '../units/quantity.ts'
import { backendNames, backendTable, runnableBackends } from './backends.ts'
import type { BackendName } from './plan.ts'
import type { Path, Position } from './problem.ts'
import type { Tree } from './resolve.ts'
import { scenarioSchema } from './scenario.ts'
import { type SuiteHosts, suiteHosts } from './suite-hosts.ts'

/** The version of the format that this program writes; it reads this and, by `upgrade.ts`, every older one. */
export const formatVersion = 1

const fieldName = z.string('the path of a field is expected, such as link.bandwidth').meta({
  meaning: 'The field to vary, as a path into the scenario (link.bandwidth, workload.processes.0.writes), or preset',
})

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], 'a single value is expected, not a list or a section')

const values = z
  .array(scalar, 'a list of values is expected, such as [100 Mbit/s, 1 Gbit/s]')
  .min(1, 'the list is empty; write at least one value')
  .meta({ meaning: 'The values that the field takes, one after the other' })

const range = z
  .strictObject(
    {
      from: z.union([z.string(), z.number()], 'the first value is expected, such as 1000 pages/s').meta({ meaning: 'The first value' }),
      to: z.union([z.string(), z.number()], 'the last value is expected, such as 64000 pages/s').meta({ meaning: 'The last value' }),
      steps: z
        .int('a whole number of values is expected')
        .min(1, 'a range has at least 1 value')
        .meta({ meaning: 'How many values there are, the first and the last among them' }),
      scale: z.enum(['linear', 'log'], 'linear or log is expected').prefault('linear').meta({
        meaning: 'linear: equal differences from one value to the next; log: equal ratios',
      }),
    },
    'a range has from, to, steps and scale',
  )
  .meta({ meaning: 'Values from the first to the last in equal steps' })

/** The three forms of an entry of `vary`. */
export const valuesEntry = z.strictObject({ field: fieldName, values })
export const rangeEntry = z.strictObject({ field: fieldName, range })
export const zipEntry = z.strictObject({
  zip: z
    .array(z.unknown(), 'a list of fields with their values is expected')
    .min(1, 'the list is empty; write at least one field with its values')
    .meta({ meaning: 'Fields that change together: first all take their first value, then all their second' }),
})

const backend = z.enum(runnableBackends, {
  error: ({ input }) => {
    const known = backendNames.find((name) => name === input)
    const later = known === undefined ? undefined : backendTable[known].later
    if (later !== undefined) return `"${String(input)}" is part of the format, but this version cannot run it yet: a later version brings ${later}`
    return `${JSON.stringify(input)} is not one of ${runnableBackends.join(', ')}`
  },
})

const backendMeanings = Object.fromEntries(runnableBackends.map((name) => [name, backendTable[name].meaning]))

/** Everything but the scenario and its factors. */
const head = {
  godwit: z.literal(formatVersion, `the version of the format is expected; write godwit: ${formatVersion}`).meta({ meaning: 'The version of the format' }),
  name: z
    .string('a name is expected, such as Bandwidth against dirtying rate')
    .min(1, 'the name is empty')
    .max(200, 'at most 200 characters are allowed')
    .meta({ meaning: 'What the suite is called in tables and figures' }),
  description: z.string('text is expected').max(10_000, 'at most 10000 characters are allowed').prefault('').meta({ meaning: 'What the suite is for' }),
  constraint: z.string('a condition over fields is expected, such as link.bandwidth > "100 Mbit/s"').max(2000, 'at most 2000 characters are allowed').optional().meta({
    meaning: 'A condition over fields; only points for which it holds are run. Durations count in seconds, sizes in bytes, rates in bits or pages per second',
  }),
  repeat: z.int('a whole number of repetitions is expected').min(1, 'at least 1 repetition is needed').prefault(1).meta({
    meaning: 'How often each point is run, each time with another seed',
  }),
  seed: z.int('a whole number is expected').min(0, 'the seed is at least 0').prefault(1).meta({
    meaning: 'The number that the seeds of all repetitions are derived from',
  }),
  backends: z
    .array(backend, 'a list of backends is expected, such as [sim]')
    .min(1, 'the list is empty; write [sim]')
    .prefault(['sim'])
    .meta({ meaning: 'What runs the suite', options: backendMeanings }),
  hosts: suiteHosts,
  figures: z
    .array(z.looseObject({ kind: z.string('the kind of the figure is expected, as text') }, 'a chart recipe is expected: fields, with kind among them'), 'a list of chart recipes is expected')
    .prefault([])
    .meta({ meaning: 'Chart recipes that belong to the suite' }),
}

const presetName = z.string('the name of a preset is expected').optional().meta({ meaning: 'A named scenario that this one starts from; fields written beside it win' })

const zipped = z.strictObject({ zip: z.array(z.union([valuesEntry, rangeEntry])).min(1).meta({ meaning: 'Fields that change together' }) })

/** The whole file. */
export const suiteSchema = z.strictObject({
  ...head,
  base: z
    .strictObject({ preset: presetName, ...scenarioSchema.shape })
    .prefault({})
    .meta({ meaning: 'The scenario that every run starts from' }),
  vary: z.array(z.union([valuesEntry, rangeEntry, zipped])).prefault([]).meta({ meaning: 'The factors: every combination of their values is a point' }),
})

/** The file without a look at the scenario and the factors, whose problems are told more exactly one by one. */
export const suiteOutline = z.strictObject(
  {
    ...head,
    base: z.record(z.string(), z.unknown(), 'a scenario with its sections is expected').prefault({}),
    vary: z.array(z.unknown(), 'a list of factors is expected').prefault([]),
  },
  'a suite is a set of fields such as godwit, name, base and vary',
)

/** The values of one field, in order: written out, or a range that is not written out because it may be huge. */
export type AxisValues =
  | { readonly kind: 'values'; readonly values: readonly Scalar[] }
  | {
      readonly kind: 'range'
      /** In the base unit of the field. */
      readonly from: number
      readonly to: number
      readonly steps: number
      readonly scale: 'linear' | 'log'
      readonly dimension: Dimension | 'count'
      readonly whole: boolean
    }

/** One field that is varied. */
export interface Axis {
  /** As written: a dotted path into the scenario, or `preset`. */
  readonly field: string
  readonly values: AxisValues
  /** Where it stands in the file. */
  readonly path: Path
}

/** Axes that change together; a plain factor has one. All have the same size. */
export interface Factor {
  readonly axes: readonly Axis[]
  readonly size: number
}

/** A suite that was read and checked field by field. */
export interface Suite {
  readonly name: string
  readonly description: string
  /** The preset that the base starts from. */
  readonly preset: string | null
  /** What the base itself says, as written. */
  readonly base: Tree
  readonly factors: readonly Factor[]
  readonly constraint: string | null
  readonly repeat: number
  readonly seed: number
  readonly backends: readonly BackendName[]
  /** Where agents are and whether they imitate the link; null: nothing is said of it. */
  readonly hosts: SuiteHosts | null
  readonly figures: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly source: SuiteSource
}

/** Where the parts of a suite stand in its file; paths are written with slashes: `base/link/bandwidth`. */
export interface SuiteSource {
  readonly file: string
  readonly positions: Readonly<Record<string, { readonly key: Position; readonly value: Position }>>
}
