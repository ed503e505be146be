/** What is told of a machine and its agent, in words. */

import type { AgentFacts, AgentSession, HostTest, KnownCertificate } from '#shared/rpc/app-contract.ts'
import { formatNumber, formatQuantity } from '#shared/units/quantity.ts'

/** What the window knows of a machine: not asked yet, being asked, or its last answer. */
export type HostState = { readonly kind: 'unknown' } | { readonly kind: 'asking' } | { readonly kind: 'answered'; readonly test: HostTest; readonly at: Date }

/** One word or two, beside a mark. */
export function stateInWords(state: HostState): string {
  if (state.kind === 'unknown') return 'Not asked yet'
  if (state.kind === 'asking') return 'Asking'
  return state.test.ok ? 'Answers' : 'No answer'
}

/** A problem as it stands beside the machine: a sentence with a capital and a full stop. A name or a path keeps its spelling. */
export function sentence(message: string): string {
  const text = /^[a-z]+[ ,:;]/.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message
  return /[.!?]$/.test(text) ? text : `${text}.`
}

const credentialWords: Readonly<Record<string, string>> = {
  token: 'a token of this machine',
  psk: 'a shared key, encrypted',
  certificate: 'certificates, encrypted',
}

export function factsInWords(facts: AgentFacts): ReadonlyArray<{ readonly label: string; readonly text: string }> {
  const { agent, os, memoryBytes, freeBytes, roundTripMs, credentials, sessions } = facts
  return [
    { label: 'Agent', text: agent },
    { label: 'System', text: os },
    { label: 'Memory', text: `${memoryInWords(memoryBytes)}, ${memoryInWords(freeBytes)} free for guests` },
    { label: 'Round trip', text: `${formatNumber(Number(roundTripMs.toPrecision(2)))} ms` },
    { label: 'Proved by', text: credentialWords[credentials] ?? credentials },
    { label: 'Guests', text: sessions.length === 0 ? 'none' : sessions.map(sessionInWords).join('; ') },
  ]
}

function sessionInWords({ session, role, guest }: AgentSession): string {
  const state = guest === 'none' ? 'no guest yet' : `the guest is ${guest}`
  return `${session.slice(0, 8)} as ${role}, ${state}`
}

/** To three digits: nobody compares machines by the byte. */
function memoryInWords(bytes: number): string {
  const GiB = 2 ** 30
  return bytes >= GiB ? `${formatNumber(Number((bytes / GiB).toPrecision(3)))} GiB` : formatQuantity(Math.max(0, Math.round(bytes / 2 ** 20)) * 2 ** 20, 'bytes')
}

const dayMs = 86_400_000
/** From here on an expiry is worth a word (lab). */
const soonDays = 30

/** How long a certificate still holds. */
export function expiryInWords({ expiresAt, isExpired }: KnownCertificate, now: Date): { readonly text: string; readonly tone: 'problem' | 'caution' | 'fine' } {
  const date = expiresAt.slice(0, 10)
  if (isExpired) return { text: `expired on ${date}; issue another`, tone: 'problem' }
  const days = Math.floor((new Date(expiresAt).getTime() - now.getTime()) / dayMs)
  if (days >= soonDays) return { text: `until ${date}`, tone: 'fine' }
  return { text: `until ${date}, ${days < 1 ? 'less than a day' : days === 1 ? 'one day' : `${days} days`} from now`, tone: 'caution' }
}
