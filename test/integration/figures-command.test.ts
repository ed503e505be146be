import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../../src-main/cli/main.ts'

const suite = `godwit: 1
name: Small guests
base:
  guest: { memory: 16 MiB }
  workload: { kind: uniform, workingSet: 4 MiB }
  link: { bandwidth: 200 Mbit/s }
  strategy: { kind: precopy, stop: { iterations: 3 } }
  wws: { duration: 4 s }
vary:
  - { field: workload.writes, values: [500 pages/s, 4000 pages/s, 32000 pages/s] }
repeat: 2
figures:
  - { kind: lines, name: downtime, metric: downtimeMs }
`

let folder = ''
let store = ''
const inFolder = (name: string): string => join(folder, name)

interface Answer {
  readonly status: number
  readonly out: string
  readonly err: string
}

async function godwit(...args: readonly string[]): Promise<Answer> {
  let out = ''
  let err = ''
  const status = await main(args, { out: (text) => void (out += text), err: (text) => void (err += text), interactive: false })
  return { status, out, err }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'godwit-figure-'))
  store = inFolder('lab.sqlite')
  writeFileSync(inFolder('suite.yaml'), suite)
  const ran = await godwit('run', inFolder('suite.yaml'), '--store', store, '--workers', '1', '--quiet')
  if (ran.status !== 0) throw new Error(ran.err)
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('godwit figure', () => {
  it('draws a recipe file, names the files and gives the caption', async () => {
    writeFileSync(inFolder('recipe.yaml'), 'kind: bars\nmetric: totalMs\ncolumn: two\n')
    const { status, out, err } = await godwit('figure', inFolder('recipe.yaml'), '--store', store, '--out', inFolder('total.pdf'), '--data')
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out.split('\n').slice(0, 2)).toEqual([inFolder('total.pdf'), inFolder('total.csv')])
    expect(out).toMatch(/Total migration time .* n = 2, 95 % interval/)
    expect(readFileSync(inFolder('total.pdf'), 'latin1')).toMatch(/^%PDF[\s\S]*\/MediaBox \[0 -?0\.?\d* 496\.063 /)
    expect(readFileSync(inFolder('total.csv'), 'utf8')).toMatch(/^workload\.writes,n,.*\r\n500 pages\/s,2,/)
  })

  it('draws a kind with options', async () => {
    const { status } = await godwit('figure', 'iteration-timeline', '--store', store, '--out', inFolder('t.svg'), '--point', '2', '--title', 'Busy guest')
    expect(status).toBe(0)
    expect(readFileSync(inFolder('t.svg'), 'utf8')).toContain('Busy guest')
  })

  it('draws the working set, which the store keeps with the series', async () => {
    const { status, out } = await godwit('figure', 'wws', '--store', store, '--out', inFolder('w.png'))
    expect(status).toBe(0)
    expect(out).toContain('2 windows of 2 s')
  })

  it('draws a recipe that the suite lists by name, changed by options', async () => {
    const { status, out } = await godwit('figure', 'downtime', '--store', store, '--out', inFolder('d.svg'), '--width', '12 cm')
    expect(status).toBe(0)
    expect(out).toContain('Downtime')
    expect(readFileSync(inFolder('d.svg'), 'utf8')).toContain('width="12cm"')
  })

  it.each<[string, readonly string[], RegExp]>([
    ['a kind that does not exist', ['linse', '--out', 'x.svg'], /"linse": there is no such file.*did you mean "lines"/],
    ['a metric that does not exist', ['bars', '--metric', 'downtimMs', '--out', 'x.svg'], /did you mean "downtimeMs"/],
    ['a factor that was not varied', ['bars', '--x', 'link.bandwidth', '--out', 'x.svg'], /was not varied in these runs; varied are workload\.writes/],
    ['a folder that does not exist', ['bars', '--out', 'nowhere/x.svg'], /cannot be written: its folder does not exist/],
    ['a suite that does not exist', ['bars', '--suite', 'Smal guests', '--out', 'x.svg'], /did you mean "Small guests"/],
  ])('refuses %s with status 2 and writes nothing', async (_, [recipe = '', ...options], message) => {
    const before = readdirSync(folder)
    const placed = options.map((option) => (/^(x|nowhere)/.test(option) ? inFolder(option) : option))
    const { status, out, err } = await godwit('figure', recipe, '--store', store, ...placed)
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toMatch(message)
    expect(readdirSync(folder)).toEqual(before)
  })

  it('makes no store where there is none', async () => {
    const { status, err } = await godwit('figure', 'bars', '--store', inFolder('none.sqlite'), '--out', inFolder('x.svg'))
    expect(status).toBe(2)
    expect(err).toContain('there is no store')
    expect(existsSync(inFolder('none.sqlite'))).toBe(false)
  })
})
