import { expect, it } from 'vitest'
import { connectApp, eventsThrough, type Channel } from '#shared/rpc/channel.ts'
import { isCallFrame } from '#shared/rpc/call-frame.ts'

it('is what the asking side sends', () => {
  const sent: string[] = []
  const channel: Channel = { send: (message) => void sent.push(message), receive: () => undefined }
  const calls = connectApp(channel, eventsThrough(() => undefined))
  void calls.run('r-1')
  expect(sent.map(isCallFrame)).toEqual([true])
})

it.each([
  ['no JSON', '{"t":'],
  ['no object', 'null'],
  ['an answer', JSON.stringify({ t: 's', i: '1', r: 7 })],
  ['another function of the carrier', JSON.stringify({ t: 'q', i: '1', m: 'constructor', a: ['run', []] })],
  ['an event without an id', JSON.stringify({ t: 'q', m: 'call', a: ['run', []] })],
  ['an id without end', JSON.stringify({ t: 'q', i: 'x'.repeat(65), m: 'call', a: ['run', []] })],
  ['a name that is no text', JSON.stringify({ t: 'q', i: '1', m: 'call', a: [1, []] })],
  ['arguments that are no list', JSON.stringify({ t: 'q', i: '1', m: 'call', a: ['run', { length: 1 }] })],
  ['an argument too many', JSON.stringify({ t: 'q', i: '1', m: 'call', a: ['run', [], 1] })],
])('is not %s', (_what, text) => {
  expect(isCallFrame(text)).toBe(false)
})
