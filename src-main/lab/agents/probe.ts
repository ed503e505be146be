/**
 * A client of the guest, outside both agents: it asks both hosts over and over whether the guest is alive there. A guest
 * that runs, and has done something since it was last asked, serves; everything between two such answers is a gap.
 */

import type { GuestStatus } from '../../agent/control-session.ts'
import { type AgentClient, connectAgent } from '../../agent/client.ts'
import type { AgentAddress } from '../../agent/sessions.ts'

/** Time from an answer to the next question (lab): what a gap is exact to. */
const askEveryMs = 1

export class Probe {
  readonly #session: string
  #clients: readonly AgentClient[] = []
  #isOver = false
  #servedAt: number | null = null
  #gapMs = 0
  #answers = 0

  private constructor(session: string) {
    this.#session = session
  }

  static async begin(session: string, hosts: readonly AgentAddress[]): Promise<Probe> {
    const probe = new Probe(session)
    probe.#clients = await Promise.all(hosts.map((host) => connectAgent(host)))
    for (const client of probe.#clients) void probe.#ask(client)
    return probe
  }

  /** Forgets what was before: the migration begins now. */
  reset(): void {
    this.#gapMs = 0
    this.#answers = 0
  }

  /** The longest time without service so far, the one that goes on among them; null: it was never served. */
  get serviceGapMs(): number | null {
    if (this.#servedAt === null || this.#answers === 0) return null
    return Math.max(this.#gapMs, performance.now() - this.#servedAt)
  }

  async end(): Promise<void> {
    this.#isOver = true
    await Promise.allSettled(this.#clients.map((client) => client.close()))
  }

  async #ask(client: AgentClient): Promise<void> {
    let beats = 0
    try {
      while (!this.#isOver) {
        const status = (await client.order('guest', { session: this.#session })) as GuestStatus
        if (status.guest === 'running' && status.beats !== beats) this.#served()
        beats = status.beats
        await new Promise((resolve) => setTimeout(resolve, askEveryMs))
      }
    } catch {
      // A host that is gone serves no more; the other one may.
    }
  }

  #served(): void {
    const now = performance.now()
    if (this.#servedAt !== null) this.#gapMs = Math.max(this.#gapMs, now - this.#servedAt)
    this.#servedAt = now
    this.#answers++
  }
}
