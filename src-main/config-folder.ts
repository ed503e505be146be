/** Where a user's settings, drafts, tokens and credentials are kept, unless another folder is named. */

import { homedir } from 'node:os'
import { join } from 'node:path'

export function defaultConfigFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['XDG_CONFIG_HOME']
  return join(base === undefined || base === '' ? join(homedir(), '.config') : base, 'godwit')
}

/** What proves who may connect to an agent. */
export function defaultCredentialsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(defaultConfigFolder(environment), 'agent')
}
