/**
 * Files and folders that may not be written. The administrator may write everything, so the program runs as another
 * user when the test runs as root.
 */

import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { buildCli, type Ended, runCli } from '../helpers/built-cli.ts'
import { smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

/** The user `nobody`. */
const nobody = 65_534

beforeAll(buildCli, 120_000)

function asOrdinaryUser(args: readonly string[], cwd: string): Promise<Ended> {
  return runCli(args, { cwd, ...(process.getuid?.() === 0 ? { uid: nobody } : {}) })
}

/** A folder that everybody may read, with a suite and a complete store in it. */
async function folderWithStore(): Promise<string> {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'suite.yaml'), smallSuite())
  expect((await runCli(['run', 'suite.yaml', '--quiet'], { cwd: folder })).status).toBe(0)
  chmodSync(folder, 0o755)
  return folder
}

test('run refuses a store that it may not write, with one line and exit status 2', async () => {
  const folder = await folderWithStore()
  chmodSync(join(folder, 'lab.sqlite'), 0o444)
  chmodSync(folder, 0o777)
  const before = readFileSync(join(folder, 'lab.sqlite'))
  const { status, out, err } = await asOrdinaryUser(['run', 'suite.yaml', '--quiet'], folder)
  expect({ status, out, err }).toEqual({ status: 2, out: [], err: [expect.stringMatching(/^godwit: the store ".*" cannot be (written|opened)/) as string] })
  expect(readFileSync(join(folder, 'lab.sqlite')).equals(before)).toBe(true)
})

test('run refuses to make a store in a folder that it may not write', async () => {
  const folder = await folderWithStore()
  const { status, err } = await asOrdinaryUser(['run', 'suite.yaml', '--quiet', '--store', 'new.sqlite'], folder)
  expect({ status, err }).toEqual({ status: 2, err: [expect.stringMatching(/^godwit: the store ".*new\.sqlite" cannot be (written|opened)/) as string] })
  expect(existsSync(join(folder, 'new.sqlite'))).toBe(false)
})

test('results of a store in a folder that may not be written are shown', async () => {
  const folder = await folderWithStore()
  const archive = join(folder, 'archive')
  mkdirSync(archive)
  copyFileSync(join(folder, 'lab.sqlite'), join(archive, 'lab.sqlite'))
  const { status, out, err } = await asOrdinaryUser(['results', '--store', 'archive/lab.sqlite', '--format', 'csv'], folder)
  expect({ status, err }).toEqual({ status: 0, err: [] })
  expect(out).toHaveLength(7)
})
