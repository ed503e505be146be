import { describe, expect, it } from 'vitest'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, AppEvents } from '#shared/rpc/app-contract.ts'
import { channelPair, connectApp, serveApp } from '#shared/rpc/channel.ts'

/** A service of which only what a test sets answers. */
function joined(service: Partial<AppCalls>, events: Partial<AppEvents> = {}) {
  const [near, far] = channelPair()
  const emitted = serveApp(far, service as AppCalls)
  return { calls: connectApp(near, events as AppEvents), emitted }
}

describe('the contract over a channel', () => {
  it('carries a call and its answer', async () => {
    const { calls } = joined({ suiteText: async (suiteId) => `text of ${suiteId}` })
    expect(await calls.suiteText(7)).toBe('text of 7')
  })

  it('keeps code, sentence and details of an error', async () => {
    const { calls } = joined({
      cancelRuns: async () => {
        throw new GodwitError('queue.unknown', 'there is no such suite', { details: { suiteId: 3 } })
      },
    })
    await expect(calls.cancelRuns(3)).rejects.toMatchObject({ code: 'queue.unknown', message: 'there is no such suite', details: { suiteId: 3 } })
  })

  it('tells events to the other side', async () => {
    const told: unknown[] = []
    const { emitted } = joined({}, { suitesChanged: (suites) => void told.push(suites) })
    emitted.suitesChanged([])
    await Promise.resolve()
    await Promise.resolve()
    expect(told).toEqual([[]])
  })

  it('refuses names that are not of the contract, those of every object among them', async () => {
    const [near, far] = channelPair()
    serveApp(far, {} as AppCalls)
    const answers: string[] = []
    near.receive((message) => void answers.push(message))
    for (const name of ['constructor', '__proto__', 'toString', 'exec']) near.send(JSON.stringify({ t: 'q', i: name, m: 'call', a: [name, []] }))
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
    expect(answers).toHaveLength(4)
    for (const answer of answers) expect(answer).toContain('rpc.unknown')
  })
})
