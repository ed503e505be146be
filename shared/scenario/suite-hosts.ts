/** Where the agents of a suite are, as its file says it. There are no secrets in a suite file: what proves who may connect lies in a folder. */

import * as z from 'zod'

export interface HostAddress {
  readonly host: string
  readonly port: number
}

export interface SuiteHosts {
  /** Null: two agents that are started on this machine. */
  readonly remote: { readonly source: HostAddress; readonly destination: HostAddress } | null
  /** Do the agents imitate the scenario's link? If not, they take the network as it is. */
  readonly shaping: boolean
}

/** The port that an agent listens on unless it is told another (lab). */
export const defaultAgentPort = 7300

export type AddressReading = { readonly ok: true; readonly address: HostAddress } | { readonly ok: false; readonly problem: string }

/** Reads `host:port`; an IPv6 address stands in brackets. */
export function readHostAddress(text: string): AddressReading {
  const fault = (problem: string): AddressReading => ({ ok: false, problem })
  const match = /^(?:\[([\da-f:.]+)\]|([^\s:[\]/@]+)):(\d{1,5})$/i.exec(text.trim())
  const [, bracketed, plain, digits] = match ?? []
  const host = bracketed ?? plain
  if (host === undefined || host.length > 253) return fault(`a host and a port are expected, such as lab-2:${defaultAgentPort} or [fd00::2]:${defaultAgentPort}`)
  const port = Number(digits)
  if (port < 1 || port > 65_535) return fault(`${digits} is no port; ports are 1 to 65535`)
  return { ok: true, address: { host, port } }
}

export function showHostAddress({ host, port }: HostAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const address = (whose: string) =>
  z
    .string(`the address of an agent is expected, such as lab-2:${defaultAgentPort}`)
    .transform((written, context) => {
      const read = readHostAddress(written)
      if (read.ok) return read.address
      context.addIssue({ code: 'custom', message: read.problem, input: written })
      return z.NEVER
    })
    .optional()
    .meta({ meaning: `Address of the agent ${whose}, host:port` })

/** The section `hosts` of a suite file. */
export const suiteHosts = z
  .strictObject(
    {
      source: address('that the guests leave'),
      destination: address('that receives the guests'),
      shaping: z
        .union([z.boolean(), z.literal('on').transform(() => true), z.literal('off').transform(() => false)], 'on or off is expected')
        .prefault(true)
        .meta({ meaning: "Do the agents imitate the scenario's link? Off: they take the network between them as it is" }),
    },
    'source, destination and shaping are expected, or nothing for agents on this machine',
  )
  .superRefine(({ source, destination }, context) => {
    const report = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (source !== undefined && destination === undefined) report('destination', 'the source is named and the destination is not; name both, or neither for agents on this machine')
    if (destination !== undefined && source === undefined) report('source', 'the destination is named and the source is not; name both, or neither for agents on this machine')
    if (source !== undefined && destination !== undefined && showHostAddress(source).toLowerCase() === showHostAddress(destination).toLowerCase()) {
      report('destination', 'source and destination are the same agent; a guest needs another one to go to')
    }
  })
  .optional()
  .meta({ meaning: 'Where the agents of the backend agents are; absent: both on this machine' })

export const hostsFields = ['source', 'destination', 'shaping'] as const

export function toSuiteHosts(read: z.output<typeof suiteHosts>): SuiteHosts | null {
  if (read === undefined) return null
  const { source, destination, shaping } = read
  return { remote: source === undefined || destination === undefined ? null : { source, destination }, shaping }
}
