/** Everything that is sent as JSON. Who may send what and when: see `protocol.md`. */

import * as z from 'zod'
import { GodwitError } from '../model/godwit-error.ts'

/** Raised with every change of what is sent, see `protocol.md`. */
export const wireVersion = 1

const count = z.int().min(0)
/** Nanoseconds, milliseconds, or a clock: never less than nothing. */
const time = z.number().min(0)
const counts = z.array(count).readonly()
const times = z.array(time).readonly()
/** Names and codes. */
const text = z.string().max(1000)
const texts = z.array(text).max(1000).readonly()
const sentence = z.string().max(100_000)

/** State of a guest between two hosts: what the destination must know beside memory. */
export const guestStateSchema = z
  .strictObject({
    /** Work done, nanoseconds of undisturbed time, and that of the processes that were awake. */
    guestNs: time,
    serviceNs: time,
    /** Operations executed of each stream, in the order of the workload. */
    executed: counts,
    /** Nanoseconds that each process slept because it was stunned, as part of guestNs. */
    sleptNs: times,
    /** Operations that wait for a missing page: stream and number. They are among `executed`. */
    deferred: z.array(z.tuple([count, count]).readonly()).readonly(),
    /** Memory that the guest has given back: from the first page up to, not including, the end. */
    released: z.array(z.tuple([count, count]).readonly()).readonly(),
  })
  .readonly()

const faultRecord = z
  .strictObject({
    timeMs: z.array(z.number()).readonly(),
    page: counts,
    latencyMs: times,
    histogram: z.strictObject({ upperMs: times, faults: counts }).readonly(),
  })
  .readonly()

/** The faults of `MigrationStats`, as far as the destination knows them. */
const faultReport = z
  .strictObject({
    majorFaults: count,
    minorFaults: count,
    faultMeanMs: time,
    faultP50Ms: time,
    faultP95Ms: time,
    faultP99Ms: time,
    faultMaxMs: time,
    predictedPages: count,
    usedPredictions: count,
    /** Times are milliseconds on the destination's clock since its guest resumed. */
    record: faultRecord.nullable(),
  })
  .readonly()

/** Messages that a peer of any version must understand may have fields that this version does not know. */
function ofAnyVersion<K extends string, S extends z.core.$ZodShape>(kind: K, shape: S) {
  return z.object({ kind: z.literal(kind), ...shape }).readonly()
}

function message<K extends string, S extends z.core.$ZodShape>(kind: K, shape: S) {
  return z.strictObject({ kind: z.literal(kind), ...shape }).readonly()
}

const messageSchemas = [
  /** First frame of either side of any connection, once the peers have proved who they are. */
  ofAnyVersion('hello', { version: count, role: z.enum(['control', 'migration', 'data']), session: text, channel: count, agent: text, capabilities: texts }),
  ofAnyVersion('welcome', { version: count, agent: text, capabilities: texts }),
  ofAnyVersion('refuse', { code: text, message: sentence }),
  ofAnyVersion('abort', { code: text, message: sentence }),
  /** Clocks: the answer carries the time of the question. Also a sign of life. */
  message('ping', { sentNs: time }),
  message('pong', { sentNs: time, atNs: time }),
  // Migration, source to destination.
  message('reserve', { scenario: z.unknown(), seed: count, shaped: z.boolean(), channels: count }),
  message('finish', { batches: counts }),
  message('commit', {}),
  message('activate', { batches: counts }),
  message('resume', {}),
  // Migration, destination to source.
  message('reserved', {}),
  message('finished', { missing: count }),
  message('activated', { readyNs: time, resumedNs: time }),
  message('life', { atNs: time, guestNs: time, serviceNs: time, majorFaults: count, minorFaults: count }),
  message('report', { faults: faultReport, cpuMs: time }),
  message('checkpoint', { number: count, pages: count, stopMs: time }),
  // Control, lab to agent and back.
  message('order', { id: count, order: text, body: z.unknown() }),
  message('answer', { id: count, ok: z.boolean(), body: z.unknown() }),
  message('event', { event: text, body: z.unknown() }),
] as const

export const messageSchema = z.discriminatedUnion('kind', messageSchemas)

export type GuestState = z.output<typeof guestStateSchema>
export type FaultReport = z.output<typeof faultReport>
export type Message = z.output<typeof messageSchema>

/** Throws GodwitError `wire.message`. */
export function readMessage(json: unknown): Message {
  return readAs(messageSchema, json, () => `a message "${kindOf(json)}"`)
}

/** What the JSON of device state holds. Throws GodwitError `wire.message`. */
export function readGuestState(json: unknown): GuestState {
  return readAs(guestStateSchema, json, () => 'the state of a guest')
}

function readAs<S extends z.ZodType>(schema: S, json: unknown, what: () => string): z.output<S> {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`
  const problem = `${place}: ${issue?.message ?? 'unknown'}`
  throw new GodwitError('wire.message', `${what()} came that is malformed${cut(problem)}; both sides should run the same version of Godwit`)
}

function kindOf(json: unknown): string {
  const kind: unknown = typeof json === 'object' && json !== null && 'kind' in json ? json.kind : undefined
  return typeof kind === 'string' ? cut(kind, 40) : 'of no kind'
}

/** A peer chooses the words; it shall not fill our log with them. */
function cut(words: string, length = 200): string {
  return words.length <= length ? words : `${words.slice(0, length)}…`
}
