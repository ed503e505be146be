/** Another program on the same store: a process of its own that runs SQL when it is told to. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

const program = `
  import { createInterface } from 'node:readline'
  import Database from 'better-sqlite3'
  const database = new Database(process.argv[1])
  for await (const sql of createInterface({ input: process.stdin })) {
    database.exec(sql)
    console.log('done')
  }
`

export interface OtherProgram {
  /** Runs one line of SQL; resolves when it was carried out. */
  readonly exec: (sql: string) => Promise<void>
}

export function otherProgram(storePath: string): OtherProgram {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, storePath], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill())
  const answers = createInterface({ input: child.stdout })
  return {
    exec: async (sql) => {
      const answered = once(answers, 'line')
      child.stdin.write(`${sql}\n`)
      await answered
    },
  }
}
