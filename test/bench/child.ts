/** Runs a program of its own and waits for it, so that its time and memory are its own. */

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const projectFolder = fileURLToPath(new URL('../../package.json', import.meta.url)).replace(/package\.json$/, '')

export interface Ended {
  readonly stdout: string
  readonly wallSeconds: number
}

/** Rejects with the program's last words if it does not end with status 0. */
export function runProgram(program: string, parameters: readonly string[]): Promise<Ended> {
  const start = process.hrtime.bigint()
  return new Promise((resolve, reject) => {
    execFile(program, [...parameters], { cwd: projectFolder, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      const wallSeconds = Number(process.hrtime.bigint() - start) / 1e9
      if (error === null) resolve({ stdout, wallSeconds })
      else reject(new Error(reasonOf(stderr) ?? error.message))
    })
  })
}

/** The line that says what went wrong, out of a stack trace or a command's complaint. */
function reasonOf(stderr: string): string | undefined {
  const lines = stderr.trim().split('\n')
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.findLast((line) => line.trim() !== '')
}

export function runNode(file: string, ...parameters: readonly string[]): Promise<Ended> {
  return runProgram(process.execPath, [file, ...parameters])
}
