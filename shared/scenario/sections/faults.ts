/** What goes wrong during a run, and when. */

import * as z from 'zod'
import { choice, type FieldMeta, optionalDuration } from '../fields.ts'

const fault = {
  kind: choice({
    default: 'link-loss',
    meaning: 'What fails',
    tag: 'lab',
    options: {
      'link-loss': 'The link carries nothing',
      'source-crash': 'The source stops, for good; of several, the first',
      'destination-crash': 'The destination stops, for good',
    },
  }),
  at: optionalDuration({ meaning: 'Time from the start of the migration', tag: 'lab' }),
  phase: choice({
    default: 'any',
    meaning: 'The failure comes when this phase begins (or at its time, if both are given, counted from then)',
    tag: 'lab',
    options: {
      any: 'At the given time, whatever the phase',
      reservation: 'While the destination is asked for room',
      disk: 'While the disk is copied',
      precopy: 'While the guest runs and memory is sent',
      'stop-and-copy': 'While the guest is stopped',
      save: 'While a stopped guest is saved to files',
      move: 'While the files of a saved guest are moved',
      restore: 'While a guest is restored from its files',
      commitment: 'While the destination confirms that it holds everything',
      activation: 'While the guest is started on the destination',
      postcopy: 'While the guest runs on the destination and its memory is brought',
    },
  }),
  lasts: optionalDuration({ meaning: 'How long the link is gone; off: for ever', tag: 'lab' }),
}

export const faults = z
  .array(z.strictObject(fault), { error: 'a list of failures is expected' })
  .max(100, 'at most 100 failures are allowed')
  .prefault([])
  .meta({ meaning: 'What goes wrong, and when', tag: 'lab', control: 'list' } satisfies FieldMeta)

export type FaultSpec = z.output<z.ZodObject<typeof fault>>
