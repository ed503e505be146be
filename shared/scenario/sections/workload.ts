/**
 * What the guest does to its memory: one process by default, more if `processes` lists them. Each process has a working
 * set of its own, laid out one after the other in the order written, from `start` or from page 0.
 *
 * `writes: 2000 pages/s` touches 2000 pages in each second of undisturbed guest time, whichever kind it is.
 */

import * as z from 'zod'
import { bytes, choice, count, duration, factor, type FieldMeta, optionalBytes, pageRate, section, share, text, toggle, traceReference } from '../fields.ts'

/** The kinds that have a rate; a trace has its own. */
const rated = ['idle', 'sequential', 'uniform', 'hot-cold', 'zipf', 'phased', 'burst', 'kernel-compile', 'web-server', 'oltp', 'diabolical']

const process = {
  name: text({ default: '', meaning: 'Name of the process, for charts', tag: 'lab' }),
  kind: choice({
    default: 'idle',
    meaning: 'The pattern of the writes',
    tag: 'lab',
    options: {
      idle: 'Writes nothing',
      sequential: 'Sweeps over the working set from its first page to its last, and begins again',
      uniform: 'Writes each page of the working set with the same probability',
      'hot-cold': 'Hot pages take the hot share of the writes, the other pages of the working set the rest',
      zipf: 'The page of rank r is written with a probability proportional to 1 / r^exponent',
      phased: 'The working set has several parts; in each phase another one is hot',
      burst: 'Writes come in bursts, one a period, such as the tick of a game server',
      'kernel-compile': 'Short-lived processes: sweeps over fresh memory while compiling, a small hot set throughout',
      'web-server': 'Hot connection buffers, a warm heap, and a log written in sequence',
      oltp: 'Zipf-distributed rows, a redo log written in sequence, and checkpoints in bursts',
      diabolical: 'Sweeps over the working set without pause, faster than a link can carry',
      trace: 'Replays the reads and writes of a real program from a page trace',
    },
  }),
  writes: pageRate({ default: '2000 pages/s', meaning: 'Pages written per second of undisturbed guest time', tag: 'lab', max: 1e12, appliesTo: rated }),
  reads: pageRate({ default: '0 pages/s', meaning: 'Pages read per second of undisturbed guest time', tag: 'lab', max: 1e12, appliesTo: rated }),
  workingSet: bytes({ default: '64 MiB', meaning: 'Memory that the process writes', tag: 'lab' }),
  allocation: bytes({ default: '0 MiB', meaning: 'Memory that the process allocates from the free memory of the guest at a steady pace, frees as a whole, and allocates again', tag: 'lab' }),
  allocationPeriod: duration({ default: '10 s', meaning: 'Guest time from one freeing to the next', tag: 'lab', min: 1e6 }),
  start: optionalBytes({ meaning: 'Where the working set begins in the guest; off: right after the process before', tag: 'lab' }),
  hotPages: share({ default: '20 %', meaning: 'Share of the working set that is hot', tag: 'lab', appliesTo: ['hot-cold', 'kernel-compile', 'web-server'] }),
  hotShare: share({ default: '90 %', meaning: 'Share of the writes that go to the hot pages', tag: 'lab', appliesTo: ['hot-cold', 'phased', 'kernel-compile', 'web-server'] }),
  exponent: factor({ default: 0.99, meaning: 'Exponent of the Zipf distribution', tag: 'verified', origin: 'default of the YCSB benchmark', max: 5, appliesTo: ['zipf', 'oltp'] }),
  phases: count({ default: 4, meaning: 'Parts of the working set, hot in turn', tag: 'lab', min: 1, max: 1000, appliesTo: ['phased'] }),
  phaseLength: duration({ default: '10 s', meaning: 'Time for which one part stays hot', tag: 'lab', min: 1000, appliesTo: ['phased'] }),
  period: duration({ default: '50 ms', meaning: 'Time from one burst to the next', tag: 'lab', min: 1000, appliesTo: ['burst', 'oltp', 'kernel-compile'] }),
  duty: share({ default: '20 %', meaning: 'Share of the period in which a burst writes', tag: 'lab', min: 0.0001, appliesTo: ['burst', 'oltp', 'kernel-compile'] }),
  trace: traceReference({ meaning: 'The trace to replay: sort or sqlite, which come with Godwit, or NAME@DIGEST as godwit import prints it', tag: 'lab', appliesTo: ['trace'] }),
  traceFit: choice({
    default: 'recorded',
    meaning: 'How the pages of the trace are laid into the working set',
    tag: 'lab',
    options: {
      recorded: 'Page by page from the first one; the working set must hold them all',
      scaled: 'Spread evenly over the working set: a page of the trace stands for several of the guest, or several for one',
    },
    appliesTo: ['trace'],
  }),
  stretch: factor({ default: 1, meaning: 'How much slower than recorded the trace is replayed: 2 is half the speed', tag: 'lab', min: 1e-6, max: 1e6, appliesTo: ['trace'] }),
  loop: toggle({ default: true, meaning: 'Begin the trace again when it ends; otherwise the process then does nothing', tag: 'lab', appliesTo: ['trace'] }),
  traceStart: choice({
    default: 'anywhere',
    meaning: 'Where in the trace the guest stands when the migration begins',
    tag: 'lab',
    options: { anywhere: 'At a moment drawn from the seed of the run, if the trace is looped', beginning: 'At its beginning' },
    appliesTo: ['trace'],
  }),
}

const processList = z
  .array(z.strictObject(process), { error: 'a list of processes is expected' })
  .max(64, 'at most 64 processes are allowed')
  .prefault([])
  .meta({ meaning: 'Further processes of the guest beside this one', tag: 'lab', control: 'list' } satisfies FieldMeta)

export const workload = section('What the guest does to its memory', { ...process, processes: processList })

/** One process of a workload, with every field filled in. */
export type ProcessSpec = z.output<z.ZodObject<typeof process>>
