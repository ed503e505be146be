/** The queue and suites for agents: what is refused at the door, and what stops one suite without holding up the others. */

import { expect, test, vi } from 'vitest'
import { servicesForTest } from '../helpers/services.ts'
import { smallSuite } from '../helpers/suites.ts'

test('a suite whose agents cannot be reached for lack of credentials pauses and says why; the next one runs', async () => {
  const { calls } = await servicesForTest()
  const remote = `${smallSuite().replace('name: Small', 'name: Remote')}backends: [agents]\nhosts: { source: 'lab-1:7300', destination: 'lab-2:7300' }\n`
  const { suiteId } = await calls.startRuns({ text: remote, fileName: 'remote.yaml' })
  const other = await calls.startRuns({ text: smallSuite(), fileName: 'small.yaml' })
  await vi.waitFor(async () => expect((await calls.queue()).find((entry) => entry.suiteId === other.suiteId)?.state).toBe('finished'), { timeout: 20_000 })
  const entry = (await calls.queue()).find((candidate) => candidate.suiteId === suiteId)
  expect(entry).toMatchObject({ state: 'paused', finished: 0, problem: expect.stringContaining('make some with "godwit agent init"') as string })
})

test('a suite that agents cannot run is refused with the field', async () => {
  const { calls } = await servicesForTest()
  const text = `${smallSuite().replace('name: Small', 'name: Several')}backends: [sim, agents]\n`.replace('base:', 'base:\n  fleet: { guests: 2 }')
  await expect(calls.startRuns({ text, fileName: 'several.yaml' })).rejects.toMatchObject({ code: 'suite.invalid', message: expect.stringContaining('base.fleet.guests: agents cannot migrate 2 guests') as string })
})
