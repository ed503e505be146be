/** How the lab gets to agents: over connections that prove themselves by what lies in the credentials folder. */

import type { SuitePlan } from '#shared/scenario/plan.ts'
import type { AgentClient } from '../../agent/client.ts'
import type { AgentAddress } from '../../agent/sessions.ts'
import type { ReadCredentials as FoundCredentials } from '../../agent/transport/credentials.ts'
import type { AgentHosts } from './hosts.ts'

export type ReadCredentials = (folder: string) => Promise<FoundCredentials>
export type Connect = (address: AgentAddress & { readonly timeoutMs: number }) => Promise<Pick<AgentClient, 'order' | 'close'>>

/** Rejects with a GodwitError that says what is missing or wrong in the folder. */
export const credentialsIn: ReadCredentials = async (folder) => {
  const { readCredentials } = await import('../../agent/transport/credentials.ts')
  return readCredentials(folder)
}

export const connect: Connect = async (address) => {
  const { connectAgent } = await import('../../agent/client.ts')
  return connectAgent(address)
}

export interface AccessOptions {
  readonly credentialsFolder: string
  /** Told in a sentence that others of this machine may read a key. */
  readonly onWarning: (sentence: string) => void
}

/** The agents that a plan is to run on; undefined: it says nothing of them, or has no runs for agents. Credentials are read only for agents of other machines. */
export async function agentHostsOf({ hosts, runs }: SuitePlan, { credentialsFolder, onWarning }: AccessOptions): Promise<AgentHosts | undefined> {
  if (hosts === null || !runs.some(({ backend }) => backend === 'agents')) return undefined
  const { remote, shaping: isShaped } = hosts
  if (remote === null) return { isShaped }
  const { credentials, warnings } = await credentialsIn(credentialsFolder)
  warnings.forEach(onWarning)
  return { isShaped, remote: { ...remote, credentials } }
}
