/** Which agents a suite runs on: those that its file names, or a pair that is started on this machine. */

import type { Credentials } from '../../agent/transport/contract.ts'
import { connectAgent } from '../../agent/client.ts'
import { LocalAgents, type Placement } from './local-agents.ts'
import type { HostInUse } from './run-on-agents.ts'

export interface AgentHosts {
  /** Absent: agents of this machine. */
  readonly remote?: { readonly source: HostAddress; readonly destination: HostAddress; readonly credentials: Credentials } | undefined
  /** Imitate the scenario's link; otherwise the network is used as it is. Default: true. */
  readonly isShaped?: boolean | undefined
  /** Where agents of this machine run; default: in processes of their own. */
  readonly placement?: Placement | undefined
}

export interface HostAddress {
  readonly host: string
  readonly port: number
}

export interface HostsInUse {
  readonly isShaped: boolean
  readonly source: () => Promise<HostInUse>
  readonly destination: () => Promise<HostInUse>
  close(): Promise<void>
}

export function hostsInUse({ remote, isShaped = true, placement = 'process' }: AgentHosts = {}, tracesFolder?: string): HostsInUse {
  if (remote !== undefined) {
    const { source, destination, credentials } = remote
    return { isShaped, source: async () => remoteHost({ ...source, credentials }), destination: async () => remoteHost({ ...destination, credentials }), close: async () => undefined }
  }
  const local = new LocalAgents(placement, tracesFolder)
  const get = async (name: 'source' | 'destination'): Promise<HostInUse> => {
    const { address, kill } = await local.get(name)
    return { address, kill }
  }
  return { isShaped, source: () => get('source'), destination: () => get('destination'), close: () => local.close() }
}

/** Another machine's agent kills itself, if it was started so that it may. */
function remoteHost(address: HostInUse['address']): HostInUse {
  const kill = async (): Promise<void> => {
    const client = await connectAgent(address)
    await client.order('crash', {}).catch(() => undefined)
    await client.close()
  }
  return { address, kill }
}
