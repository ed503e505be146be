/** `godwit compare`: what was simulated beside what was measured, from a real store. */

import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SuiteFidelity } from '#shared/analysis/fidelity.ts'
import type { SuiteEntry } from '#shared/rpc/app-contract.ts'
import { main } from '../../src-main/cli/main.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { type BothBackends, storeBoth } from '../helpers/measured-runs.ts'
import { smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

async function godwit(...args: string[]) {
  let out = ''
  let err = ''
  const status = await main(args, { out: (text) => void (out += text), err: (text) => void (err += text), interactive: false })
  return { status, out, err }
}

type Given = BothBackends & { readonly suite?: string }

/** A store with these suites on both backends. */
async function storeWith(...given: readonly Given[]): Promise<string> {
  const path = join(temporaryFolder(), 'lab.sqlite')
  const store = await openStore(path)
  for (const { suite = smallSuite({ points: 3, repeat: 3 }), ...options } of given) await storeBoth(store, suite, options)
  await store.close()
  return path
}

const failed = { code: 'link.down', message: 'the link went down' }
/** Point 1 was never measured, and one repetition of point 0 failed. */
const withGaps: Given = {
  remake: (stats, { point, repetition }) => (point.index === 1 ? null : point.index === 0 && repetition === 2 ? { ...stats, outcome: 'failed', reason: failed } : stats),
}
const onlySimulated: Given = { suite: smallSuite({ name: 'Only simulated' }), remake: () => null }

interface Answer {
  readonly suites: ReadonlyArray<SuiteEntry & SuiteFidelity>
}

test('a row for each metric tells the median error, the mean with its interval, the bias and the worst point', async () => {
  const { status, out, err } = await godwit('compare', '--store', await storeWith({}))
  expect([status, err]).toEqual([0, ''])
  expect(out).toContain('Small (suite 1): simulated against measured by agents; 3 of 3 points have both, 9 pairs of runs\n')
  expect(out).toMatch(/│ Total migration time +│ 3 │ +\d+\.\d % │ +\d+\.\d % ± \d+\.\d % │ +-\d+\.\d % ± \d+\.\d % │ -\d+\.\d % at point \d \(workload\.writes = \d+ pages\/s\)/)
  expect(out).toMatch(/│ Major faults +│ 0 │ +- │ +- │ +- │ - +│ both zero at 3 points/)
  expect(out).toContain('(simulated - measured) / measured')
  expect(out).not.toMatch(/Missing|Disagreement|in no pair/)
})

test('points without both backends are named, and so are runs that ended differently', async () => {
  const { status, out } = await godwit('compare', '--store', await storeWith(withGaps))
  expect(status).toBe(0)
  expect(out).toContain('2 of 3 points have both, 5 pairs of runs')
  expect(out).toContain('Missing: point 1 (workload.writes = 200 pages/s): it was not measured with agents.\n')
  expect(out).toContain('Disagreement: point 0 (workload.writes = 100 pages/s), repetition 2: simulated completed, agents failed (the link went down).\n')
  expect(out).toContain('5 runs are in no pair')
})

test('--points adds a table for each metric with a row for each point', async () => {
  const { out } = await godwit('compare', '--store', await storeWith({}), '--points', '--metric', 'totalMs', 'downtimeMs')
  expect(out).toMatch(/\nTotal migration time\n.*measured \(ms\)/s)
  expect(out.match(/^│ +[012] │ +[123]00 pages\/s │ +3 │.*│ +-\d+\.\d % │$/gm)).toHaveLength(6)
})

test('--json tells the same in full', async () => {
  const { status, out } = await godwit('compare', '--store', await storeWith(withGaps), '--json')
  expect(status).toBe(0)
  const [suite] = (JSON.parse(out) as Answer).suites
  const [fidelity] = suite?.comparisons ?? []
  expect(suite).toMatchObject({ suiteId: 1, name: 'Small', backends: ['sim', 'agents'] })
  expect(fidelity).toMatchObject({ measured: 'agents', pairs: 5, missing: [{ point: 1, lacks: 'measured' }], disagreements: [{ point: 0, repetition: 2, measured: { outcome: 'failed' } }] })
  expect(fidelity?.points.map(({ point, pairs }) => [point, pairs.length])).toEqual([[0, 2], [2, 3]])
})

test('--backends chooses among those that measured', async () => {
  const store = await storeWith({}, { measured: 'qemu', suite: smallSuite({ name: 'On QEMU' }) })
  expect((await godwit('compare', '--store', store)).out).toMatch(/by agents;.*by qemu;/s)
  const { out, err, status } = await godwit('compare', '--store', store, '--backends', 'qemu,sim')
  expect(status).toBe(0)
  expect(out).toContain('On QEMU (suite 2): simulated against measured by qemu')
  expect(out).not.toContain('agents')
  expect(err).toContain('Small (suite 1): it has runs of sim and agents, and not of both sim and qemu; write `backends: [sim, qemu]` in the suite and run it again')
})

test('where only one backend made runs, the sentence says what to do', async () => {
  const { status, out, err } = await godwit('compare', '--store', await storeWith(onlySimulated))
  expect([status, out]).toEqual([2, ''])
  expect(err).toBe('godwit: Only simulated (suite 1): What was simulated is compared with what was measured, and these runs were made by sim only; write `backends: [sim, agents]` in the suite and run it again: only the runs that are lacking are made\n')
})

test('a suite with one backend does not keep the others from being compared', async () => {
  const { status, out, err } = await godwit('compare', '--store', await storeWith({}, onlySimulated))
  expect(status).toBe(0)
  expect(out).toContain('Small (suite 1): simulated against')
  expect(err).toContain('Only simulated (suite 2): ')
})

test('runs that somebody excluded are in no pair', async () => {
  const path = await storeWith({})
  const store = await openStore(path)
  const [row] = await store.runRows({ suiteId: 1 })
  await store.annotate([row?.runId ?? ''], { exclusion: 'the machine was busy' })
  await store.close()
  expect((await godwit('compare', '--store', path)).out).toMatch(/8 pairs of runs[^]*1 run is in no pair/)
})

test.each([
  { args: ['--backends', 'sim,agent'], says: 'there is no backend "agent"; did you mean "agents"?' },
  { args: ['--backends', 'agents,qemu'], says: '"agents,qemu" is not the simulator and one backend that measures; write sim,agents or sim,qemu' },
  { args: ['--backends', 'sim'], says: 'is not the simulator and one backend' },
  { args: ['--metric', 'downtimMs'], says: 'did you mean "downtimeMs"?' },
  { args: ['--suite', 'Smal'], says: 'did you mean "Small"?' },
])('bad input $args is explained with exit status 2', async ({ args, says }) => {
  const { status, out, err } = await godwit('compare', '--store', await storeWith({}), ...args)
  expect([status, out]).toEqual([2, ''])
  expect(err).toContain(says)
})
