import { describe, expect, expectTypeOf, it } from 'vitest'
import type { FaultRecord, MigrationStats } from '#shared/model/migration-stats.ts'
import { FrameReader } from '#shared/wire/frame-reader.ts'
import { messageFrame } from '#shared/wire/frame-writer.ts'
import { type FaultReport, type Message, readGuestState, readMessage } from '#shared/wire/messages.ts'
import { exampleMessages, guestState, RecordingSink, smallLimits } from '../../helpers/wire.ts'

describe('messages', () => {
  it.each(exampleMessages)('come out as they went in: $kind', (message) => {
    const sink = new RecordingSink(smallLimits)
    new FrameReader(sink, smallLimits).push(messageFrame(message))
    expect(sink.messages).toEqual([message])
  })

  it('carry what the record of a migration says of faults', () => {
    expectTypeOf<Omit<FaultReport, 'record'>>().toExtend<Partial<MigrationStats>>()
    expectTypeOf<FaultReport['record']>().toEqualTypeOf<FaultRecord | null>()
  })

  it('lose a field, have one too many or one of another type: refused, with the place', () => {
    expect(() => readMessage({ kind: 'ping' })).toThrow(expect.objectContaining({ code: 'wire.message', message: expect.stringMatching(/"ping".* at sentNs/) }))
    expect(() => readMessage({ kind: 'commit', now: true })).toThrow(expect.objectContaining({ code: 'wire.message' }))
    expect(() => readMessage({ kind: 'finish', batches: [1, '2'] })).toThrow(expect.objectContaining({ code: 'wire.message', message: expect.stringContaining('batches.1') }))
    expect(() => readMessage({ kind: 'finished', missing: -1 })).toThrow(expect.objectContaining({ code: 'wire.message' }))
    expect(() => readMessage({ kind: 'finished', missing: 0.5 })).toThrow(expect.objectContaining({ code: 'wire.message' }))
  })

  it.each([null, 7, 'commit', [], {}, { kind: 'teleport' }, { kind: 7 }, { kind: 'constructor' }, { kind: '__proto__' }])('of no kind that is known are refused: %j', (json) => {
    expect(() => readMessage(json)).toThrow(expect.objectContaining({ name: 'GodwitError', code: 'wire.message' }))
  })

  it('of another version are understood as far as they tell the version, or why not', () => {
    const hello = { kind: 'hello', version: 9, role: 'control', session: 'lab', channel: 0, agent: 'x', capabilities: [] } as const
    expect(readMessage({ ...hello, invented: 'later' })).toEqual(hello)
    expect(readMessage({ kind: 'refuse', code: 'agent.version', message: 'too old', hint: 1 })).toEqual({ kind: 'refuse', code: 'agent.version', message: 'too old' } satisfies Message)
  })

  it('do not repeat at length what a hostile peer wrote', () => {
    try {
      readMessage({ kind: 'x'.repeat(100_000), ['y'.repeat(100_000)]: 1 })
      expect.unreachable()
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(500)
    }
    try {
      readMessage({ kind: 'commit', ['y'.repeat(100_000)]: 1 })
      expect.unreachable()
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(500)
    }
  })

  it('tell the state of a guest, or are refused', () => {
    expect(readGuestState(JSON.parse(JSON.stringify(guestState)))).toEqual(guestState)
    expect(() => readGuestState({ ...guestState, deferred: [[1]] })).toThrow(expect.objectContaining({ code: 'wire.message' }))
    expect(() => readGuestState(null)).toThrow(expect.objectContaining({ code: 'wire.message' }))
  })
})
