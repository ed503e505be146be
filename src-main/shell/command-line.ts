/**
 * What a command line asks of the shell: a suite file to open, a store to use. A double click on a suite file, the
 * system's "open with" and a second start of the program all come as command lines.
 */

import { extname, resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface ShellArguments {
  readonly suiteFile: string | null
  readonly storePath: string | null
}

const suiteEndings: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json'])

export function isSuiteFile(path: string): boolean {
  return suiteEndings.has(extname(path).toLowerCase())
}

/** `argv` with the program itself in front. Chromium and the system add switches of their own, which are passed over. */
export function readShellArguments(argv: readonly string[], folder: string): ShellArguments {
  const { values, positionals } = parseArgs({ args: argv.slice(1), options: { store: { type: 'string' } }, strict: false, allowPositionals: true })
  const suiteFile = positionals.find(isSuiteFile)
  return {
    suiteFile: suiteFile === undefined ? null : resolve(folder, suiteFile),
    storePath: typeof values.store === 'string' && values.store !== '' ? resolve(folder, values.store) : null,
  }
}
