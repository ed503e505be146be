/** The built command line, run as a process of its own. */

import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

const project = join(import.meta.dirname, '../..')
const cli = join(project, 'out/main/cli.js')

/** An old build would answer for code that is no more. */
export function buildCli(): void {
  execFileSync('npm', ['run', 'build'], { cwd: project, stdio: 'pipe' })
}

export interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: readonly string[]
  readonly err: readonly string[]
}

export interface RunningCli {
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  readonly ended: Promise<Ended>
}

export interface StartOptions {
  readonly cwd: string
  /** Called for each whole line of standard output. */
  readonly onLine?: (line: string) => void
  /** Another user to run as. */
  readonly uid?: number
}

export function startCli(args: readonly string[], { cwd, onLine, uid }: StartOptions): RunningCli {
  const child = spawn(process.execPath, [cli, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'], ...(uid === undefined ? {} : { uid }) })
  const out: string[] = []
  const err: string[] = []
  forEachWholeLine(child.stdout, (line) => {
    out.push(line)
    onLine?.(line)
  })
  forEachWholeLine(child.stderr, (line) => err.push(line))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => resolve({ status, signal, out, err }))
  })
  return { process: child, ended }
}

/** A process that is killed may leave half a line, which says nothing. */
function forEachWholeLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(onLine)
  })
}

export function runCli(args: readonly string[], options: StartOptions): Promise<Ended> {
  return startCli(args, options).ended
}
