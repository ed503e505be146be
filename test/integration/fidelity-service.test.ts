/** What the window and the command line are told of a suite's backends comes from one place, and can be drawn from the store. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { main } from '../../src-main/cli/main.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { storeBoth } from '../helpers/measured-runs.ts'
import { servicesForTest } from '../helpers/services.ts'
import { smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

/** A folder whose store has a suite on both backends. */
async function folderWithBoth(): Promise<string> {
  const folder = temporaryFolder()
  const store = await openStore(join(folder, 'lab.sqlite'))
  await storeBoth(store, smallSuite({ points: 3, repeat: 2 }))
  await store.close()
  return folder
}

async function godwit(...args: string[]) {
  let out = ''
  let err = ''
  const status = await main(args, { out: (text) => void (out += text), err: (text) => void (err += text), interactive: false })
  return { status, out, err }
}

test('the window is told what the command line prints', async () => {
  const folder = await folderWithBoth()
  const { calls } = await servicesForTest({ folder })
  const told = await calls.fidelity(1)
  const { out } = await godwit('compare', '--store', join(folder, 'lab.sqlite'), '--json')
  expect(told.comparisons[0]).toMatchObject({ measured: 'agents', pairs: 6 })
  expect((JSON.parse(out) as { suites: unknown[] }).suites[0]).toMatchObject(JSON.parse(JSON.stringify(told)) as object)
})

test('a suite that is not there, and what is no suite, are refused', async () => {
  const { calls } = await servicesForTest({ folder: await folderWithBoth() })
  await expect(calls.fidelity(99)).rejects.toMatchObject({ code: 'results.no-suite' })
  await expect(calls.fidelity('1' as never)).rejects.toMatchObject({ code: 'rpc.arguments' })
})

test('runs that are excluded leave the comparison', async () => {
  const { calls } = await servicesForTest({ folder: await folderWithBoth() })
  const [row] = await calls.runRows(1)
  await calls.annotate([row?.runId ?? ''], { exclusion: 'the machine was busy' })
  expect((await calls.fidelity(1)).comparisons[0]).toMatchObject({ pairs: 5, unpaired: 1 })
})

test.each(['svg', 'pdf', 'png', 'tex'])('godwit figure fidelity writes .%s', async (ending) => {
  const folder = await folderWithBoth()
  const path = join(folder, `fidelity.${ending}`)
  const { status, out } = await godwit('figure', 'fidelity', '--store', join(folder, 'lab.sqlite'), '--metric', 'downtimeMs', '--series', 'workload.writes', '--out', path)
  expect(status).toBe(0)
  expect(out).toContain('simulated against measured by agents, by workload writes: n = 3 points of 2 pairs')
  expect(readFileSync(path).length).toBeGreaterThan(1000)
})
