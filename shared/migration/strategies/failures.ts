/**
 * What becomes of the guest when the link or a host fails. It depends on where the guest's state is:
 *
 * | state        | link lost               | source crash         | destination crash                                   |
 * | ------------ | ----------------------- | -------------------- | --------------------------------------------------- |
 * | source       | goes on at the source   | lost: it was there   | goes on at the source                               |
 * | both         | lost                    | lost                 | lost; with checkpoints it goes back to the last one |
 * | destination  | changes nothing         | changes nothing      | as in both, until commitment; after it, lost        |
 *
 * The source gives a destination up after its silence, a link after that of the connection. Until commitment the source
 * keeps what it has; until then, and only with reverse checkpoints (lab; Hines and Gopalan 2009 left them as future work),
 * a guest that had left can go back. What it told the outside since is not undone: output is not held back.
 */

import { ConnectionGone, ConnectionLost, HostCrashed, type SourceWorld } from '../world.ts'
import type { Migration, MigrationEnd } from './stages.ts'

type Failure = ConnectionLost | ConnectionGone | HostCrashed

/** Is this a failure of the link or a host, and not a fault of the program or a wish of the user? */
export function isFailure(cause: unknown): cause is Failure {
  return cause instanceof ConnectionLost || cause instanceof ConnectionGone || cause instanceof HostCrashed
}

/** Ends a migration into which a failure was thrown. */
export function* afterFailure(world: SourceWorld, cause: Failure): Migration {
  if (cause instanceof HostCrashed) return yield* cause.host === 'source' ? afterSourceCrash(world) : afterDestinationCrash(world)
  return yield* afterLoss(world, cause.message)
}

function* afterLoss(world: SourceWorld, message: string): Migration {
  const place = world.placeOfGuest()
  if (place === 'destination') return completed
  if (place === 'both') return lost('connection-lost', `${message} while parts of the guest were at the source; the guest is lost`)
  yield* world.resumeAtSource()
  return failed('connection-lost', `${message}; the guest goes on at the source`)
}

function* afterSourceCrash(world: SourceWorld): Migration {
  const place = world.placeOfGuest()
  if (place === 'destination') return completed
  const why = place === 'source' ? 'the guest was there' : 'parts of the guest were still there'
  return lost('source-crash', `the source crashed while ${why}; the guest is lost`)
}

function* afterDestinationCrash(world: SourceWorld): Migration {
  const place = world.placeOfGuest()
  if (place === 'source') {
    yield* world.awaitSilence()
    yield* world.resumeAtSource()
    return failed('destination-crash', 'the destination crashed; the guest goes on at the source')
  }
  if (yield* world.rollBack()) return failed('destination-crash', 'the destination crashed while the guest ran there; the guest goes on at the source from its last checkpoint')
  return lost('destination-crash', 'the destination crashed while the guest was there; the guest is lost')
}

const completed: MigrationEnd = { outcome: 'completed', stopRule: null }

function failed(code: string, message: string): MigrationEnd {
  return { outcome: 'failed', code, message, stopRule: null }
}

function lost(code: string, message: string): MigrationEnd {
  return { outcome: 'lost', code, message, stopRule: null }
}
