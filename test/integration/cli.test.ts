/** The command line: what goes to which stream, with which exit status. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { runSuite } from '../../src-main/lab/run-suite.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { main } from '../../src-main/cli/main.ts'
import { planOf, smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

async function godwit(...args: string[]) {
  let out = ''
  let err = ''
  const status = await main(args, { out: (text) => void (out += text), err: (text) => void (err += text), interactive: false })
  return { status, out, err }
}

/** A folder with a suite of 2 points of 2 runs in it. */
function place(text = smallSuite()) {
  const folder = temporaryFolder()
  const suite = join(folder, 'suite.yaml')
  writeFileSync(suite, text)
  return { folder, suite, store: join(folder, 'lab.sqlite') }
}

test('help names every command and exits with 0', async () => {
  const { status, out, err } = await godwit('--help')
  expect(status).toBe(0)
  expect(err).toBe('')
  for (const command of ['check', 'plan', 'run', 'results', 'presets', 'schema', 'agent']) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'))
})

test.each([
  { args: [], says: 'Usage: godwit' },
  { args: ['chek'], says: "godwit: unknown command 'chek'\n(Did you mean check?)" },
  { args: ['run', 'x.yaml', '--worker', '2'], says: "godwit: unknown option '--worker'\n(Did you mean --workers?)" },
  { args: ['run'], says: "godwit: missing required argument 'file'" },
  { args: ['run', 'x.yaml', '--workers', '0'], says: 'Give a whole number from 1 to 1024.' },
  { args: ['run', 'missing.yaml'], says: 'missing.yaml: there is no such file' },
  { args: ['results'], says: "godwit: required option '--store <file>' not specified" },
  { args: ['results', '--store', 'x', '--format', 'xml'], says: 'Allowed choices are table, csv, json' },
  { args: ['results', '--store', 'x', '--format', 'parquet'], says: 'name a file with --out' },
  { args: ['results', '--store', 'x', '--format', 'csv', '--out', 'runs.csv'], says: '--out is for --format parquet; write "> runs.csv" for the others' },
  { args: ['results', '--store', 'x', '--format', 'parquet', '--out', 'x.parquet', '--timelines'], says: 'without series' },
  { args: ['results', '--store', 'x', '--metric', 'downtimMs'], says: 'godwit: there is no metric "downtimMs"; did you mean "downtimeMs"?\n' },
])('bad input $args is explained on standard error with exit status 2', async ({ args, says }) => {
  const { status, out, err } = await godwit(...args)
  expect(err).toContain(says)
  expect(status).toBe(2)
  expect(out).toBe('')
})

test('run makes the runs, then prints a table of the points', async () => {
  const { suite, store } = place()
  const { status, out, err } = await godwit('run', suite, '--store', store, '--workers', '2')
  expect(status).toBe(0)
  expect(err).toMatch(/^4 runs made in \d+ s\n$/)
  expect(out).toContain('Downtime (ms)')
  expect(out).toMatch(/│ +1 │ +200 pages\/s │ +2 │/)
})

test('run again has nothing left to do and shows the same table', async () => {
  const { suite, store } = place()
  const first = await godwit('run', suite, '--store', store)
  const again = await godwit('run', suite, '--store', store)
  expect(again).toEqual({ status: 0, out: first.out, err: 'nothing was left to run; 4 of 4 were in the store already\n' })
})

test('run with --json prints a line for each run and nothing else', async () => {
  const { suite, store } = place()
  const { out, err } = await godwit('run', suite, '--store', store, '--json', '--quiet')
  expect(err).toBe('')
  const runs = out.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(runs).toHaveLength(4)
  expect(Object.keys(runs[0] ?? {})).toEqual(expect.arrayContaining(['runId', 'suite', 'point', 'seed', 'backend', 'outcome', 'totalMs', 'downtimeMs', 'transferredBytes', 'iterations', 'majorFaults', 'minorFaults', 'pagesSent', 'zeroPages', 'provenance']))
  expect(runs[0]).not.toHaveProperty('timeline')
})

test('run with --out writes the three files whole and nothing beside them', async () => {
  const { suite, store, folder } = place()
  const results = join(folder, 'deep/results')
  expect((await godwit('run', suite, '--store', store, '--out', results)).status).toBe(0)
  expect(readdirSync(results).sort()).toEqual(['results.csv', 'results.json', 'runs.csv'])
  expect(readFileSync(join(results, 'runs.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(5)
  expect(JSON.parse(readFileSync(join(results, 'results.json'), 'utf8'))).toMatchObject({ suite: { name: 'Small', finished: 4 }, points: [{ point: 0 }, { point: 1 }] })
})

test('run refuses an --out that cannot be a folder before it makes any run', async () => {
  const { suite, store, folder } = place()
  const { status, err } = await godwit('run', suite, '--store', store, '--out', join(suite, 'results'))
  expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining('cannot be made') as string })
  expect(readdirSync(folder)).toEqual(['suite.yaml'])
})

test('run refuses a backend that the suite does not name', async () => {
  const { suite, store } = place()
  const { status, err } = await godwit('run', suite, '--store', store, '--backend', 'qemu')
  expect({ status, err }).toEqual({ status: 2, err: 'godwit: the suite has no runs for the backend "qemu"; its "backends" are sim\n' })
})

test('run asks for credentials before it makes any run, where the agents are on other machines', async () => {
  const { suite, store, folder } = place(`${smallSuite()}backends: [sim, agents]\nhosts: { source: 'lab-1:7300', destination: 'lab-2:7300' }\n`)
  const { status, err } = await godwit('run', suite, '--store', store, '--credentials', join(folder, 'none'))
  expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining(`godwit: there are no keys in ${join(folder, 'none')}; make some with "godwit agent init"`) as string })
  expect(readdirSync(folder)).toEqual(['suite.yaml'])
  expect(await godwit('run', suite, '--store', store, '--credentials', join(folder, 'none'), '--backend', 'sim', '--quiet')).toMatchObject({ status: 0 })
})

test.each([
  { what: 'a folder', make: (path: string) => mkdirSync(path), says: 'is a folder' },
  { what: 'no database', make: (path: string) => writeFileSync(path, 'notes\n'.repeat(200)), says: 'is not a database' },
])('run refuses a store that is $what with one line and exit status 2', async ({ make, says }) => {
  const { suite, store } = place()
  make(store)
  const { status, out, err } = await godwit('run', suite, '--store', store)
  expect(status).toBe(2)
  expect(out).toBe('')
  expect(err).toMatch(/^godwit: .*\n$/)
  expect(err).toContain(says)
})

test('results of a store that does not exist are refused, and no file is made', async () => {
  const { store } = place()
  const { status, err } = await godwit('results', '--store', store)
  expect({ status, err }).toEqual({ status: 2, err: `godwit: there is no store at "${store}"; make one with \`godwit run FILE --store ${store}\`\n` })
  expect(existsSync(store)).toBe(false)
})

test('results as CSV give a row for each point and metric', async () => {
  const { suite, store } = place()
  await godwit('run', suite, '--store', store, '--quiet')
  const { out } = await godwit('results', '--store', store, '--format', 'csv', '--metric', 'totalMs', 'downtimeMs')
  const [header, ...rows] = out.trimEnd().split('\r\n')
  expect(header).toBe('suite,point,factors,backend,metric,unit,n,mean,low,high,halfWidth,standardDeviation')
  expect(rows.map((row) => row.split(',').slice(0, 7).join(','))).toEqual([
    'Small,0,workload.writes = 100 pages/s,sim,totalMs,ms,2',
    'Small,0,workload.writes = 100 pages/s,sim,downtimeMs,ms,2',
    'Small,1,workload.writes = 200 pages/s,sim,totalMs,ms,2',
    'Small,1,workload.writes = 200 pages/s,sim,downtimeMs,ms,2',
  ])
})

test('results as JSON are one document with the mean and the interval of its own runs', async () => {
  const { suite, store } = place()
  await godwit('run', suite, '--store', store, '--quiet')
  const points = JSON.parse((await godwit('results', '--store', store, '--format', 'json')).out) as {
    suites: Array<{ points: Array<{ point: number; metrics: Record<string, { n: number; mean: number; low: number; high: number }> }> }>
  }
  const runs = JSON.parse((await godwit('results', '--store', store, '--format', 'json', '--runs')).out) as Array<{ point: number; totalMs: number }>
  for (const { point, metrics } of points.suites[0]?.points ?? []) {
    const [a = Number.NaN, b = Number.NaN] = runs.filter((run) => run.point === point).map(({ totalMs }) => totalMs)
    expect(metrics['totalMs']?.n).toBe(2)
    expect(metrics['totalMs']?.mean).toBeCloseTo((a + b) / 2, 9)
    // Student's t for one degree of freedom is 12.706; the half-width of two values is t * |a - b| / 2.
    expect((metrics['totalMs']?.high ?? 0) - (metrics['totalMs']?.mean ?? 0)).toBeCloseTo((12.7062 * Math.abs(a - b)) / 2, 3)
  }
  expect(points.suites[0]?.points).toHaveLength(2)
})

test('runs as JSON carry their timelines when asked', async () => {
  const { suite, store } = place()
  await godwit('run', suite, '--store', store, '--quiet')
  const runs = JSON.parse((await godwit('results', '--store', store, '--format', 'json', '--runs', '--timelines')).out) as Array<{ timeline: { timeMs: number[] } }>
  expect(runs.map(({ timeline }) => timeline.timeMs.length > 0)).toEqual([true, true, true, true])
})

test('plan, CSV, JSON and table name a run by the same repetition, counted from 1', async () => {
  const { suite, store } = place(smallSuite({ points: 1, repeat: 3 }))
  const { runs: planned } = JSON.parse((await godwit('plan', suite, '--json')).out) as { runs: Array<{ runId: string; repetition: number }> }
  expect(planned.map(({ repetition }) => repetition)).toEqual([1, 2, 3])
  const printed = (await godwit('plan', suite)).out.split('\n').slice(1, 4).map((line) => line.trim().split(/ +/).at(-3))
  expect(printed).toEqual(['1', '2', '3'])
  await godwit('run', suite, '--store', store, '--quiet')
  const results = async (...args: string[]) => (await godwit('results', '--store', store, '--runs', ...args)).out
  const json = JSON.parse(await results('--format', 'json')) as typeof planned
  expect(json.map(({ runId, repetition }) => ({ runId, repetition }))).toEqual(planned.map(({ runId, repetition }) => ({ runId, repetition })))
  const [header = '', ...rows] = (await results('--format', 'csv')).trimEnd().split('\r\n')
  expect(rows.map((row) => row.split(',')[header.split(',').indexOf('repetition')])).toEqual(['1', '2', '3'])
  expect(await results()).toMatch(new RegExp(`${planned[2]?.runId.slice(0, 12) ?? ''} │ 0 +│ 3 `))
})

test('results show the newest suite of a name, and older ones by their number', async () => {
  const { suite, store } = place()
  await godwit('run', suite, '--store', store, '--quiet')
  writeFileSync(suite, smallSuite({ points: 3 }))
  await godwit('run', suite, '--store', store, '--quiet')
  const rows = async (...args: string[]) => (await godwit('results', '--store', store, '--format', 'csv', '--runs', ...args)).out.trimEnd().split('\r\n').length - 1
  expect([await rows(), await rows('--suite', 'Small'), await rows('--suite', '1'), await rows('--suite', '2')]).toEqual([6, 6, 4, 6])
})

test('a suite that the store does not have is refused with the nearest name', async () => {
  const { suite, store } = place()
  await godwit('run', suite, '--store', store, '--quiet')
  const { status, err } = await godwit('results', '--store', store, '--suite', 'small')
  expect({ status, err }).toEqual({ status: 2, err: 'godwit: the store has no suite "small"; did you mean "Small"?\n' })
})

test('a name that a spreadsheet would take for a formula is disarmed in CSV', async () => {
  const { suite, store } = place(smallSuite({ points: 1, repeat: 1 }).replace('name: Small', 'name: "=1+1, \\"x\\""'))
  await godwit('run', suite, '--store', store, '--quiet')
  const { out } = await godwit('results', '--store', store, '--format', 'csv', '--metric', 'totalMs')
  expect(out.split('\r\n')[1]).toMatch(/^"'=1\+1, ""x""",0,/)
})

test('run with --out draws the figures that the suite lists', async () => {
  const { suite, store, folder } = place(`${smallSuite()}figures:\n  - { kind: lines, metric: downtimeMs, x: workload.writes }\n`)
  const { status, err } = await godwit('run', suite, '--store', store, '--out', join(folder, 'results'))
  expect({ status, err }).toEqual({ status: 0, err: expect.stringContaining('figures/1-lines (svg, pdf, png, csv)') as string })
  expect(readdirSync(join(folder, 'results/figures')).sort()).toEqual(['1-lines.csv', '1-lines.pdf', '1-lines.png', '1-lines.svg'])
})

test('run with --out refuses a bad recipe before it makes any run', async () => {
  const { suite, store } = place(`${smallSuite()}figures:\n  - { kind: pies }\n`)
  const { status, err } = await godwit('run', suite, '--store', store, '--out', join(store, '../results'))
  expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining('pies') as string })
  expect(existsSync(store)).toBe(false)
})

test('a suite in which runs crashed says so, says why, and exits with 1', async () => {
  const text = smallSuite({ points: 1 }).replace(/vary:\n.*\n/, 'vary:\n  - { field: guest.vcpus, values: [1, 61] }\n')
  const { suite, store: path } = place(text)
  const store = await openStore(path)
  const workerUrl = pathToFileURL(join(import.meta.dirname, '../helpers/crashing-run-worker.ts'))
  await runSuite(planOf(text), { store, text, workerUrl })
  await store.close()

  const { status, out, err } = await godwit('run', suite, '--store', path)
  expect(status).toBe(1)
  expect(err).toContain('2 of 4 runs crashed')
  expect(out).toContain('2 of 2 runs did not complete (2 crashed)')
  expect((await godwit('results', '--store', path, '--runs')).out).toContain('the guest does not fit')
})
