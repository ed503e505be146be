/**
 * Proof that both sides have the same token, without telling it: the listener sends 32 random bytes; the dialler answers
 * with 32 of its own and a proof; the listener, when it is convinced, answers with its proof. A proof is the HMAC-SHA-256
 * of the role and both random numbers, so neither side can be made to prove anything for another conversation, and what
 * one side says is of no use as the other's answer. A wrong proof is not answered at all.
 *
 * Over TLS the keys or certificates prove it, and the listener says one word when it has accepted the dialler: in TLS 1.3
 * a dialler cannot tell otherwise.
 */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { WireSocket } from './wire-socket.ts'

/** Connecting, and proving who one is, may take this long (lab). */
export const proofTimeoutMs = 5000

const nonceBytes = 32
const proofBytes = 32

/** What a listener says over TLS to a peer that it has accepted. */
export const acceptance = Buffer.from('godwit\n\0', 'latin1')

type Role = 'listener' | 'dialler'

/** The listener's part. Rejects if the peer does not prove it. */
export async function admitByToken(wire: WireSocket, token: string): Promise<void> {
  const ours = randomBytes(nonceBytes)
  wire.socket.write(ours)
  const answer = await wire.readExactly(nonceBytes + proofBytes)
  const theirs = answer.subarray(0, nonceBytes)
  const isProved = timingSafeEqual(answer.subarray(nonceBytes), proof(token, 'dialler', ours, theirs))
  // Nobody says more before it was answered.
  if (!isProved || wire.hasEarlyBytes) throw new GodwitError('agent.not-authenticated', 'a peer did not prove that it has the token')
  wire.socket.write(proof(token, 'listener', ours, theirs))
}

/** The dialler's part. `place` is for the sentences. */
export async function proveToken(wire: WireSocket, token: string, place: string): Promise<void> {
  const theirs = await wire.readExactly(nonceBytes)
  if (wire.hasEarlyBytes) throw new GodwitError('agent.not-an-agent', `what listens at ${place} does not greet as an agent does; check host and port`)
  const ours = randomBytes(nonceBytes)
  wire.socket.write(Buffer.concat([ours, proof(token, 'dialler', theirs, ours)]))
  const refused = (cause?: unknown): GodwitError =>
    new GodwitError('agent.not-authenticated', `the agent at ${place} does not accept this token; both sides need the same one`, { cause })
  const answer = await wire.readExactly(proofBytes).catch((error: unknown) => {
    throw refused(error)
  })
  if (!timingSafeEqual(answer, proof(token, 'listener', theirs, ours))) throw refused()
}

function proof(token: string, role: Role, listenerNonce: Uint8Array, diallerNonce: Uint8Array): Buffer {
  return createHmac('sha256', token).update(`godwit agent ${role}\0`).update(listenerNonce).update(diallerNonce).digest()
}
