/** `godwit models`: predictions beside real runs of a real store. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { main } from '../../src-main/cli/main.ts'
import { smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

interface Told {
  readonly answer: { readonly kind: string; readonly totalMs?: number }
  readonly errors: { readonly totalMs: number | null }
}

interface Document {
  readonly suite: string
  readonly models: ReadonlyArray<{ readonly name: string; readonly tag: string }>
  readonly points: ReadonlyArray<{ readonly point: number; readonly simulated: { readonly totalMs: { readonly n: number; readonly mean: number } }; readonly predictions: Readonly<Record<string, Told>> }>
  readonly summary: ReadonlyArray<{ readonly model: string; readonly metrics: { readonly totalMs: { readonly points: number; readonly meanAbsolute: number | null; readonly broken: number } }; readonly notApplicable: ReadonlyArray<{ readonly reason: string; readonly points: number }> }>
}

async function godwit(...args: string[]) {
  let out = ''
  let err = ''
  const status = await main(args, { out: (text) => void (out += text), err: (text) => void (err += text), interactive: false })
  return { status, out, err }
}

function place(text = smallSuite()) {
  const folder = temporaryFolder()
  const suite = join(folder, 'suite.yaml')
  writeFileSync(suite, text)
  return { suite, store: join(folder, 'lab.sqlite') }
}

test('models makes the runs that are missing and prints predictions beneath what was simulated', async () => {
  const { suite, store } = place()
  const { status, out, err } = await godwit('models', suite, '--store', store)
  expect({ status, err }).toEqual({ status: 0, err: expect.stringMatching(/^4 runs made in \d+ s\n$/) as string })
  expect(out).toMatch(/│ +1 │ +200 pages\/s │ +2 │ simulated +│/)
  for (const model of ['survey-lower', 'survey-upper', 'geometric', 'akoush-avg', 'akoush-hist', 'simgrid']) expect(out).toMatch(new RegExp(`│ ${model} +│ +\\d`))
  expect(out).toContain('holds')
  const again = await godwit('models', suite, '--store', store)
  expect(again).toEqual({ status: 0, out, err: 'nothing was left to run; 4 of 4 were in the store already\n' })
})

test('models uses the results that run left in the store', async () => {
  const { suite, store } = place()
  await godwit('run', suite, '--store', store, '--quiet')
  expect((await godwit('models', suite, '--store', store)).err).toBe('nothing was left to run; 4 of 4 were in the store already\n')
})

test('models as JSON is one document whose errors are those of its own numbers', async () => {
  const { suite, store } = place()
  const { out, err } = await godwit('models', suite, '--store', store, '--json', '--quiet')
  expect(err).toBe('')
  const { suite: name, models, points, summary } = JSON.parse(out) as Document
  expect(name).toBe('Small')
  expect(models.find((model) => model.name === 'simgrid')?.tag).toBe('verified')
  expect(points.map(({ point, simulated }) => [point, simulated.totalMs.n])).toEqual([[0, 2], [1, 2]])
  for (const { model, metrics } of summary) {
    const errors = points.map(({ simulated, predictions }) => {
      const { answer, errors: told } = predictions[model] ?? { answer: { kind: 'missing' }, errors: { totalMs: null } }
      expect(told.totalMs).toBeCloseTo((answer.totalMs ?? Number.NaN) / simulated.totalMs.mean - 1, 12)
      return Math.abs(told.totalMs ?? Number.NaN)
    })
    expect(metrics.totalMs.points).toBe(2)
    expect(metrics.totalMs.broken).toBe(0)
    expect(metrics.totalMs.meanAbsolute).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / 2, 12)
  }
})

test('models as CSV gives a row for each point, model and metric', async () => {
  const { suite, store } = place()
  const { out } = await godwit('models', suite, '--store', store, '--csv', '--quiet')
  const [header, ...rows] = out.trimEnd().split('\r\n')
  expect(header).toBe('suite,point,factors,model,answer,reason,metric,unit,n,simulated,predicted,relativeError')
  expect(rows).toHaveLength(2 * 6 * 4)
  expect(rows[0]).toMatch(/^Small,0,workload.writes = 100 pages\/s,survey-lower,completes,,totalMs,ms,2,\d/)
})

test('where a model says that a migration fails, or nothing at all, the tables say so', async () => {
  const never = smallSuite({ points: 1, repeat: 1 }).replace('writes: 100 pages/s', 'writes: 1 pages/s').replace('policy: qemu', 'policy: simgrid, stop: { downtime: 1 ms, giveUp: 4 }').replace('values: [100 pages/s]', 'values: [1000000 pages/s]')
  const { suite, store } = place(never)
  const { status, out } = await godwit('models', suite, '--store', store, '--quiet')
  expect(status).toBe(0)
  expect(out).toMatch(/│ geometric +│ +fails/)
  expect(out).toMatch(/│ geometric .*│ +1 \(1 did\)/)

  const refused = place(smallSuite({ points: 1, repeat: 1 }).replace('  link:', '  destination: { freeMemory: 1 MiB }\n  link:'))
  const none = await godwit('models', refused.suite, '--store', refused.store, '--quiet')
  expect(none.out).toMatch(/│ simgrid +│ +does not apply/)
  expect(none.out).toContain('Does not apply: the destination refuses the guest (survey-lower at 1 point, ')
})

test.each([
  { args: ['missing.yaml'], says: 'missing.yaml: there is no such file' },
  { args: [], says: "missing required argument 'file'" },
  { args: ['clark-2005', '--json', '--csv'], says: 'godwit: choose one of --json and --csv\n' },
])('bad input $args is explained with exit status 2', async ({ args, says }) => {
  const { status, out, err } = await godwit('models', ...args)
  expect({ status, out }).toEqual({ status: 2, out: '' })
  expect(err).toContain(says)
})
