/** `godwit start`, which is `npm start`: the window where Electron's runtime is at hand, the browser where it is not. */

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'
import { runServe, type ServeOptions } from './serve.ts'

export type StartOptions = Pick<ServeOptions, 'store'>

export async function runStart({ store }: StartOptions, io: CliIo): Promise<ExitStatus> {
  const runtime = electronRuntime()
  const shell = shellEntry()
  if (runtime !== undefined && existsSync(shell)) return runWindow(runtime, shell, store, io)
  const lacking = runtime === undefined ? "Electron's runtime is not installed" : 'the window of this version is not built'
  io.err(`${lacking}, so the application opens in the browser\n`)
  return runServe({ store, port: 0, host: '127.0.0.1', open: true }, io)
}

/**
 * The program that opens windows, if it is here. The package itself is not loaded, because it would fetch a runtime that
 * is missing.
 */
function electronRuntime(): string | undefined {
  const folder = electronFolder()
  if (folder === undefined) return undefined
  const named = join(folder, 'path.txt')
  const name = existsSync(named) ? readFileSync(named, 'utf8').trim() : 'electron'
  const runtime = join(process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), name)
  return existsSync(runtime) ? runtime : undefined
}

function electronFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    return undefined
  }
}

function shellEntry(): string {
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../../out/main/shell.js' : './shell.js', import.meta.url))
}

function runWindow(runtime: string, shell: string, store: string, io: CliIo): Promise<ExitStatus> {
  const child = spawn(runtime, [shell, '--store', store], { stdio: 'inherit' })
  return new Promise((resolve) => {
    child.on('error', (error) => {
      io.err(`godwit: the window cannot be opened: ${error.message}\n`)
      resolve(exitStatus.runFailed)
    })
    child.on('exit', (status) => resolve(status === 0 ? exitStatus.success : exitStatus.runFailed))
  })
}
