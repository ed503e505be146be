/** `godwit schema`: prints the JSON Schema of the suite file. */

import { suiteJsonSchema } from '#shared/scenario/json-schema.ts'
import { type CliIo, type ExitStatus, exitStatus } from '../io.ts'

export function runSchema(_args: readonly string[], _options: object, io: CliIo): Promise<ExitStatus> {
  io.out(`${JSON.stringify(suiteJsonSchema(), null, 2)}\n`)
  return Promise.resolve(exitStatus.success)
}
