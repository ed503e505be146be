/** The contributor's guide is followed to the letter in a copy of the sources; what comes out must compile and run. */

import { execFile } from 'node:child_process'
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const project = join(import.meta.dirname, '../..')
const guide = readFileSync(join(project, 'build/contributing.md'), 'utf8')

interface Block {
  readonly path: string
  readonly language: string
  readonly lines: readonly string[]
}

/** The code of the guide, each with the file that the line before it names. */
function blocks(): readonly Block[] {
  return [...guide.matchAll(/`(shared\/\S+\.ts)`:\n\n```(\w+)\n(.*?)\n```/gs)].map(([, path = '', language = '', code = '']) => ({ path, language, lines: code.split('\n') }))
}

/** Writes a whole file, or puts each line marked + behind the line before it. */
function follow(folder: string, { path, language, lines }: Block): void {
  const file = join(folder, path)
  if (language === 'ts') {
    expect(existsSync(file), `${path} is new`).toBe(false)
    writeFileSync(file, `${lines.join('\n')}\n`)
    return
  }
  let text = readFileSync(file, 'utf8')
  lines.forEach((line, index) => {
    if (!line.startsWith('+')) return
    const before = `${lines[index - 1]?.slice(1)}\n`
    expect(text.split(before), `${before} stands once in ${path}`).toHaveLength(2)
    text = text.replace(before, `${before}${line.slice(1)}\n`)
  })
  writeFileSync(file, text)
}

/** What the program printed; the compiler's complaints are among it. */
function run(folder: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...args], { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => (error === null || stdout !== '' ? resolve(stdout) : reject(new Error(stderr))))
  })
}

test('the policy and the strategy of the guide compile, and do what they say', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder()
  for (const part of ['shared', 'package.json', 'tsconfig.json']) cpSync(join(project, part), join(folder, part), { recursive: true })
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
  expect(blocks()).toHaveLength(6)
  for (const block of blocks()) follow(folder, block)

  expect(await run(folder, [join(project, 'node_modules/typescript/bin/tsc'), '-p', 'shared'])).toBe('')

  const script = join(folder, 'try.ts')
  writeFileSync(
    script,
    `import { resolveScenario } from '#shared/scenario/resolve.ts'
import { simulate } from '#shared/sim/simulate.ts'
const results = JSON.parse(process.argv[2] ?? '[]').map((input) => {
  const resolution = resolveScenario(input)
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.issues))
  return simulate(resolution.scenario, 42)
})
process.stdout.write(JSON.stringify(results))
`,
  )
  const guest = { memory: '32 MiB' }
  const demand = (prefetch: string): object => ({ guest, workload: { kind: 'uniform', writes: '5000 pages/s', workingSet: '24 MiB' }, strategy: { kind: 'on-demand', prefetch } })
  const input = [demand('none'), demand('previous-k'), { guest, workload: { kind: 'uniform', writes: '5000 pages/s', workingSet: '24 MiB' }, strategy: { kind: 'one-pass' } }]
  const [none, previous, onePass] = JSON.parse(await run(folder, ['--experimental-strip-types', script, JSON.stringify(input)])) as [MigrationStats, MigrationStats, MigrationStats]

  expect(previous.predictedPages).toBeGreaterThan(1000)
  expect(previous.majorFaults).toBeLessThan(none.majorFaults / 2)
  expect(onePass).toMatchObject({ outcome: 'completed', iterationCount: 1 })
  expect(onePass.iterations.map(({ phase }) => phase)).toEqual(['precopy', 'stop-and-copy'])
  // What the guest writes until it stands still is sent too.
  const dirtyPages = onePass.iterations[0]?.dirtyPages ?? 0
  expect(onePass.iterations[1]?.pages).toBeGreaterThanOrEqual(dirtyPages)
  expect(onePass.iterations[1]?.pages).toBeLessThan(1.02 * dirtyPages)
})
