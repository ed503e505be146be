/**
 * Several migrations in one kernel: they share the link and the room on the destination, and each begins when the order
 * of the fleet lets it. What ends one does not end the others.
 */

import { ConnectionLost, HostCrashed } from '../migration/world.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Failure } from './failures.ts'
import type { Kernel } from './kernel/kernel.ts'
import { LaterKernel } from './kernel/later-kernel.ts'
import { streamSeed } from './kernel/streams.ts'
import { SimMigration, type SimMigrationParts } from './sim-migration.ts'

interface FleetParts extends Omit<SimMigrationParts, 'guestNumber' | 'onEnd'> {
  readonly kernel: Kernel
}

/** A guest whose migration has begun. */
export interface FleetMember {
  readonly guest: number
  readonly host: number
  /** From the start of the whole, nanoseconds. */
  readonly startNs: number
  readonly migration: SimMigration
}

export class Fleet {
  readonly #parts: FleetParts
  readonly #members: FleetMember[] = []
  /** Guests whose migration has not begun. */
  #waiting: number[]
  #going = 0
  /** Hosts that crashed; who begins later meets them as well. */
  readonly #crashes: HostCrashed[] = []

  constructor(parts: FleetParts) {
    this.#parts = parts
    this.#waiting = Array.from({ length: parts.scenario.fleet.guests }, (_, guest) => guest)
  }

  /** In the order in which their migrations began. */
  get members(): readonly FleetMember[] {
    return this.#members
  }

  get hasEnded(): boolean {
    return this.#going === 0 && this.#waiting.length === 0
  }

  /** Begins every migration whose turn it is. */
  begin(): void {
    for (const guest of [...this.#waiting]) {
      if (!this.#mayBegin(guest)) continue
      this.#waiting = this.#waiting.filter((other) => other !== guest)
      this.#going++
      this.#members.push(this.#start(guest))
    }
  }

  /** Throws a failure into every migration that it concerns. */
  fail(cause: Failure): void {
    if (cause instanceof HostCrashed) this.#crashes.push(cause)
    // One that ends may let another begin, which the failure does not concern, or meets by itself.
    for (const member of [...this.#members]) if (concerns(cause, member.host)) member.migration.fail(cause)
  }

  #mayBegin(guest: number): boolean {
    const { fleet } = this.#parts.scenario
    const going = this.#members.filter(({ migration }) => migration.stats === null)
    if (fleet.order === 'series') return going.length === 0
    return fleet.perHost === null || going.filter(({ host }) => host === hostOf(guest, fleet)).length < fleet.perHost
  }

  #start(guest: number): FleetMember {
    const { kernel, link, seed, scenario, onMemoryMap } = this.#parts
    const migration = new SimMigration({
      ...this.#parts,
      // The first guest is the one that a run with a single guest has.
      kernel: kernel.now === 0 ? kernel : new LaterKernel(kernel),
      seed: guest === 0 ? seed : streamSeed(seed, `guest ${guest}`),
      guestNumber: guest,
      onMemoryMap: guest === 0 ? onMemoryMap : undefined,
      onEnd: () => {
        this.#going--
        this.begin()
      },
    })
    // Who begins while the link is down has as much patience with it as the others.
    if (!link.isUp) {
      kernel.schedule(scenario.link.timeout, () => {
        if (!link.isUp) migration.fail(new ConnectionLost())
      })
    }
    const host = hostOf(guest, scenario.fleet)
    for (const crash of this.#crashes) if (concerns(crash, host)) kernel.schedule(0, () => migration.fail(crash))
    return { guest, host, startNs: kernel.now, migration }
  }
}

/** Of several source hosts, it is the first that crashes. */
function concerns(cause: Failure, host: number): boolean {
  return !(cause instanceof HostCrashed) || cause.host === 'destination' || host === 0
}

/** Guests are dealt out to the hosts in turn. */
function hostOf(guest: number, { hosts }: Scenario['fleet']): number {
  return guest % hosts
}
