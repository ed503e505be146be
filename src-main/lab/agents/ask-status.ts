/** Asks an agent what it is and what its host has. */

import * as z from 'zod'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AgentFacts } from '#shared/rpc/app-contract.ts'
import { showHostAddress } from '#shared/scenario/suite-hosts.ts'
import type { AgentAddress } from '../../agent/sessions.ts'
import { connect, type Connect } from './access.ts'

/** An agent of another version may say more. */
const status = z.object({
  agent: z.string().max(200),
  version: z.string().max(100),
  os: z.string().max(200),
  memoryBytes: z.number().min(0),
  freeBytes: z.number(),
  credentials: z.string().max(100),
  sessions: z.array(z.object({ session: z.string().max(200), role: z.enum(['source', 'destination']), guest: z.enum(['none', 'running', 'stopped']) })).max(10_000),
})

/** An agent that has not answered by then does not (lab). */
export const statusTimeoutMs = 5000

/** Rejects with a GodwitError: nobody is there, it does not know us, or it is no agent. */
export async function askStatus(address: AgentAddress, options: { readonly connect?: Connect; readonly timeoutMs?: number } = {}): Promise<AgentFacts> {
  const { connect: connectTo = connect, timeoutMs = statusTimeoutMs } = options
  const place = showHostAddress(address)
  const late = lateness(timeoutMs, place)
  try {
    const connecting = connectTo({ ...address, timeoutMs })
    const client = await Promise.race([connecting, late.promise]).catch((error: unknown) => {
      // It may still come to a connection, which nobody waits for any more.
      connecting.then((unwanted) => unwanted.close(), () => undefined)
      throw error
    })
    try {
      // The client's own round trip is that of its first words, the proof of both sides among them.
      const askedAt = performance.now()
      const answer = await Promise.race([client.order('status', {}), late.promise])
      return { roundTripMs: performance.now() - askedAt, ...checked(answer, place) }
    } finally {
      client.close().catch(() => undefined)
    }
  } finally {
    late.forget()
  }
}

function lateness(timeoutMs: number, place: string) {
  let timer: NodeJS.Timeout | undefined
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new GodwitError('agent.silent', `the agent at ${place} did not answer within ${timeoutMs / 1000} s; see whether it is busy or its host is asleep`)), timeoutMs)
  })
  return { promise, forget: () => clearTimeout(timer) }
}

function checked(answer: unknown, place: string): Omit<AgentFacts, 'roundTripMs'> {
  const parsed = status.safeParse(answer)
  if (parsed.success) return parsed.data
  throw new GodwitError('agent.status', `the agent at ${place} says of itself what this version does not understand; update Godwit on both machines`, { details: { issues: parsed.error.issues.length } })
}
