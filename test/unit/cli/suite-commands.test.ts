import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scenarioPresets, suitePresets } from '#shared/scenario/presets/index.ts'
import { runCheck } from '../../../src-main/cli/commands/check.ts'
import { runPlan } from '../../../src-main/cli/commands/plan.ts'
import { runPresets } from '../../../src-main/cli/commands/presets.ts'
import { runSchema } from '../../../src-main/cli/commands/schema.ts'
import type { CliIo, ExitStatus } from '../../../src-main/cli/io.ts'
import { designExample, suiteText } from '../scenario/suite-text.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'godwit-suites-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, content)
  return file
}

interface Printed {
  readonly status: ExitStatus
  readonly out: string
  readonly err: string
}

type Command<Options> = (args: readonly string[], options: Options, io: CliIo) => Promise<ExitStatus>

async function run<Options>(command: Command<Options>, args: readonly string[], options: Options): Promise<Printed> {
  let [out, err] = ['', '']
  const io: CliIo = { out: (text) => void (out += text), err: (text) => void (err += text), interactive: false }
  const status = await command(args, options, io)
  return { status, out: out.replaceAll(`${folder}/`, ''), err: err.replaceAll(`${folder}/`, '') }
}

describe('godwit check', () => {
  test('counts the points and runs of the example of the design document', async () => {
    const file = await fileOf('design.yaml', designExample)
    expect(await run(runCheck, [file], {})).toEqual({ status: 0, out: 'design.yaml: 14 points, 140 runs\n', err: '' })
  })

  test('takes a suite preset by its name', async () => {
    expect(await run(runCheck, ['guestperf-pause-iterations'], {})).toEqual({ status: 0, out: 'guestperf-pause-iterations: 4 points, 40 runs\n', err: '' })
  })

  test('prints every problem and ends with status 2', async () => {
    const file = await fileOf('bad.yaml', suiteText('base: { link: { bandwidht: 1 } }', 'repeat: 0'))
    expect(await run(runCheck, [file], {})).toEqual({
      status: 2,
      out: '',
      err: 'bad.yaml:3:17: base.link.bandwidht: unknown field; did you mean "bandwidth"?\nbad.yaml:4:9: repeat: at least 1 repetition is needed\n',
    })
  })

  test('prints warnings and yet succeeds', async () => {
    const file = await fileOf('odd.yaml', suiteText('base: { workload: { kind: uniform, hotPages: 3 % } }'))
    const { status, out, err } = await run(runCheck, [file], {})
    expect({ status, out }).toEqual({ status: 0, out: 'odd.yaml: 1 point, 1 run\n' })
    expect(err).toMatch(/^warning: odd\.yaml:3:36: base\.workload\.hotPages: has no effect/)
  })

  test('prints one JSON document, good or bad', async () => {
    const good = await run(runCheck, [await fileOf('good.yaml', suiteText('repeat: 3'))], { json: true })
    expect(JSON.parse(good.out)).toEqual({ file: 'good.yaml', ok: true, name: 'Test', points: 1, runs: 3, problems: [], warnings: [] })
    const bad = await run(runCheck, [await fileOf('bad.yaml', suiteText('repeat: 0'))], { json: true })
    expect(bad).toMatchObject({ status: 2, err: '' })
    expect(JSON.parse(bad.out)).toEqual({
      file: 'bad.yaml',
      ok: false,
      problems: [{ file: 'bad.yaml', line: 3, column: 9, field: 'repeat', found: '0', message: 'at least 1 repetition is needed' }],
      warnings: [],
    })
  })

  test('says what is wrong with a file that cannot be read', async () => {
    await mkdir(join(folder, 'folder.yaml'))
    const large = await fileOf('large.yaml', new Uint8Array(17 * 2 ** 20))
    const latin = await fileOf('latin.yaml', Uint8Array.from([0x6e, 0xe9]))
    const errors = await Promise.all([join(folder, 'none.yaml'), join(folder, 'folder.yaml'), large, latin, 'polcy-comparison', 'lab/idle'].map(async (file) => run(runCheck, [file], {})))
    expect(errors.map(({ status, err }) => [status, err])).toEqual([
      [2, 'none.yaml: there is no such file and no such suite preset; "godwit presets" lists the presets\n'],
      [2, 'folder.yaml: this is a folder; name a suite file in it\n'],
      [2, 'large.yaml: the file has 17 MiB; a suite file has at most 16 MiB\n'],
      [2, 'latin.yaml: the file is no text in UTF-8; save it as UTF-8\n'],
      [2, 'polcy-comparison: there is no such file and no such suite preset; did you mean "policy-comparison"?\n'],
      [2, 'lab/idle: this is a scenario preset, not a suite; write a file with base: { preset: lab/idle }, or start from "godwit presets lab/idle"\n'],
    ])
  })

  test('asks for a file where none is named', async () => {
    expect(await run(runCheck, [], {})).toEqual({ status: 2, out: '', err: 'name the suite file to check, as in: godwit check suite.yaml\n' })
  })
})

describe('godwit plan', () => {
  test('lists the first runs with what is varied, their number and an estimate', async () => {
    const { status, out } = await run(runPlan, [await fileOf('design.yaml', designExample)], {})
    const lines = out.split('\n')
    expect(status).toBe(0)
    expect(lines[0]?.trim().split(/ {2,}/)).toEqual(['run', 'point', 'link.bandwidth', 'workload.writes', 'repetition', 'seed', 'backend'])
    expect(lines[1]?.trim().split(/ {2,}/)).toEqual(['1', '0', '100 Mbit/s', '1000 pages/s', '1', '1066519350', 'sim'])
    expect(lines.slice(21, 23)).toEqual(['... and 120 more; --all lists them', 'Bandwidth against dirtying rate: points 14, runs 140'])
    expect(lines[23]).toMatch(/^about .+ of processor time to simulate/)
  })

  test('tells what agents take in real time apart from what is simulated', async () => {
    const lines = ['base: { guest: { memory: 1 GiB }, workload: { kind: idle }, link: { bandwidth: 1 Gbit/s } }', 'repeat: 3']
    const both = await run(runPlan, [await fileOf('both.yaml', suiteText(...lines, 'backends: [sim, agents]'))], {})
    expect(both.out.split('\n').slice(-4, -1)).toEqual([
      'Test: points 1, runs 6',
      expect.stringMatching(/^about 0\.\d+ s of processor time to simulate .*, 26 s of virtual time, 3 GiB of simulated traffic$/),
      'about 32 s on agents, in real time and one run after the other, 3 GiB of real traffic',
    ])
    const only = await run(runPlan, [await fileOf('only.yaml', suiteText(...lines, 'backends: [agents]'))], {})
    expect(only.out).not.toContain('to simulate')
  })

  test('is refused where agents cannot do what the suite asks of them, and so is check', async () => {
    const file = await fileOf('cold.yaml', suiteText('base: { strategy: { kind: cold } }', 'backends: [sim, agents]'))
    const refused = { status: 2, out: '', err: expect.stringMatching(/^cold\.yaml:3:27: base\.strategy\.kind: agents cannot migrate cold/) as string }
    expect(await run(runPlan, [file], {})).toEqual(refused)
    expect(await run(runCheck, [file], {})).toEqual(refused)
    expect(JSON.parse((await run(runCheck, [file], { json: true })).out)).toMatchObject({ ok: false, problems: [{ field: 'base.strategy.kind', backend: 'agents' }] })
  })

  test('lists every run if asked to', async () => {
    const { out } = await run(runPlan, [await fileOf('design.yaml', designExample)], { all: true })
    expect(out.split('\n').filter((line) => line.trimEnd().endsWith('sim'))).toHaveLength(140)
    expect(out).not.toContain('more;')
  })

  test('prints all runs as one JSON document', async () => {
    const { out } = await run(runPlan, [await fileOf('design.yaml', designExample)], { json: true })
    const document = JSON.parse(out) as { runs: unknown[]; runCount: number; estimate: { cpuSeconds: number } }
    expect(document).toMatchObject({ suite: 'Bandwidth against dirtying rate', points: 14, runCount: 140 })
    expect(document.runs).toHaveLength(140)
    expect(document.runs[0]).toMatchObject({ point: 0, factors: { 'link.bandwidth': '100 Mbit/s' }, repetition: 1, seed: 1066519350, backend: 'sim' })
    expect(document.estimate.cpuSeconds).toBeGreaterThan(0)
  })

  test('refuses a suite of a thousand million runs', async () => {
    const { status, err } = await run(runPlan, [await fileOf('huge.yaml', suiteText('repeat: 1000000000'))], {})
    expect({ status, err }).toEqual({
      status: 2,
      err: 'huge.yaml:3:9: repeat: the suite makes 1,000,000,000 runs (points: 1, repetitions: 1,000,000,000); at most 1,000,000 are allowed; lower repeat (1,000,000,000)\n',
    })
  })
})

describe('godwit presets', () => {
  test('lists every suite and scenario with its title', async () => {
    const { status, out } = await run(runPresets, [], {})
    expect(status).toBe(0)
    for (const [name, { title }] of [...Object.entries(suitePresets), ...Object.entries(scenarioPresets)]) expect(out).toMatch(new RegExp(`^ {2}${name} +${title.replace(/[()+.?*]/g, '\\$&')}$`, 'm'))
  })

  test.each([...Object.keys(suitePresets), ...Object.keys(scenarioPresets)])('prints %s as a file that check accepts', async (name) => {
    const { out } = await run(runPresets, [name], {})
    const checked = await run(runCheck, [await fileOf('preset.yaml', out)], {})
    expect(checked).toMatchObject({ status: 0, err: '' })
  })

  test('knows what was meant by a misspelt name', async () => {
    expect(await run(runPresets, ['lab/oltp4g'], {})).toEqual({ status: 2, out: '', err: 'there is no preset "lab/oltp4g"; did you mean "lab/oltp-4g"?\n' })
  })
})

describe('godwit schema', () => {
  test('prints the JSON Schema', async () => {
    const { status, out } = await run(runSchema, [], {})
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Godwit suite' })
  })
})
