/** Every failure in every phase: where the guest is afterwards, and what it lost. */

import { describe, expect, it } from 'vitest'
import type { MigrationStats } from '#shared/model/migration-stats.ts'
import { planSuite } from '#shared/scenario/expand.ts'
import { suitePresets } from '#shared/scenario/presets/index.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

type Strategy = NonNullable<ScenarioInput['strategy']>
type Fault = NonNullable<ScenarioInput['faults']>[number]

const scenario = (strategy: Strategy, faults: readonly Fault[], rest: ScenarioInput = {}) =>
  scenarioOf({
    guest: { memory: '64 MiB' },
    workload: { kind: 'hot-cold', writes: '3000 pages/s', reads: '6000 pages/s', workingSet: '32 MiB' },
    link: { bandwidth: '1 Gbit/s', timeout: '200 ms' },
    strategy,
    faults: [...faults],
    ...rest,
  })
const run = (strategy: Strategy, faults: readonly Fault[], rest: ScenarioInput = {}): MigrationStats => simulate(scenario(strategy, faults, rest), 7)

const systems = {
  precopy: { kind: 'precopy', stop: { iterations: 3 } },
  'stop-and-copy': { kind: 'stop-and-copy' },
  self: { kind: 'self', stop: { iterations: 3 } },
  cold: { kind: 'cold' },
  postcopy: { kind: 'postcopy' },
  'on-demand': { kind: 'on-demand', demandTime: '1 s' },
  hybrid: { kind: 'hybrid', stop: { iterations: 1 } },
  'three-stage': { kind: 'three-stage', pushBatch: 32, pushInterval: '10 ms' },
  'postcopy that recovers': { kind: 'postcopy', recover: true },
  'postcopy on two connections': { kind: 'postcopy', preempt: true },
  'postcopy with checkpoints': { kind: 'postcopy', checkpoint: true, checkpointInterval: '20 ms' },
} as const satisfies Readonly<Record<string, Strategy>>
type System = keyof typeof systems

const live: readonly System[] = ['precopy', 'stop-and-copy', 'self']
const afterwards = (Object.keys(systems) as System[]).filter((name) => !live.includes(name) && name !== 'cold')

type Place = 'source' | 'both' | 'destination'
/** Where the guest is when a phase begins. */
const places: Readonly<Record<string, Place>> = { reservation: 'source', precopy: 'source', 'stop-and-copy': 'source', save: 'source', move: 'source', restore: 'source', postcopy: 'both' }

function phasesOf(system: System): ReadonlyArray<readonly [NonNullable<Fault['phase']>, Place]> {
  const before = (system === 'cold' ? ['reservation', 'save', 'move', 'restore'] : ['precopy', 'self', 'hybrid', 'three-stage'].includes(system) ? ['reservation', 'precopy', 'stop-and-copy'] : ['reservation', 'stop-and-copy']) as Array<NonNullable<Fault['phase']>>
  const rows = before.map((phase) => [phase, places[phase] ?? 'source'] as const)
  // As commitment of post-copy begins, the last pages are on their way; the others activate what was committed.
  if (afterwards.includes(system)) return [...rows, ['activation', 'source'], ['postcopy', 'both'], ['commitment', 'both']]
  return [...rows, ['commitment', 'source'], ['activation', 'destination']]
}

/** What has to become of the guest. */
function expected(kind: NonNullable<Fault['kind']>, system: System, phase: string, place: Place): MigrationStats['outcome'] {
  if (kind === 'source-crash') return place === 'destination' ? 'completed' : 'lost'
  if (kind === 'link-loss') return place === 'both' ? 'lost' : place === 'source' ? 'failed' : 'completed'
  if (place === 'source') return 'failed'
  return system === 'postcopy with checkpoints' && phase !== 'activation' ? 'failed' : 'lost'
}

describe('a failure that comes as a phase begins and does not end', () => {
  for (const system of Object.keys(systems) as System[]) {
    for (const [phase, place] of phasesOf(system)) {
      for (const kind of ['link-loss', 'source-crash', 'destination-crash'] as const) {
        const outcome = expected(kind, system, phase, place)
        it(`${kind} in ${phase} of ${system}: ${outcome}`, () => {
          const stats = run(systems[system], [{ kind, phase }])
          expect(stats.outcome).toBe(outcome)
          expect(stats.faultsHit).toBe(1)
          expect(stats.reason === null).toBe(outcome === 'completed')
          if (outcome !== 'completed') expect(stats.reason?.code).toBe(kind === 'link-loss' ? 'connection-lost' : kind)
          expect(Object.values(stats.downtimeParts).reduce((sum, value) => sum + value, 0)).toBeCloseTo(stats.downtimeMs, 6)
          expect(stats.guestLostMs).toBeGreaterThanOrEqual(-1e-6)
          expect(stats.guestLostMs).toBeLessThanOrEqual(stats.totalMs + 1e-6)
        })
      }
    }
  }
})

describe('a crash', () => {
  it('of the source before the guest moved loses it at once and says why', () => {
    const stats = run(systems.precopy, [{ kind: 'source-crash', at: '100 ms' }])
    expect(stats).toMatchObject({ outcome: 'lost', reason: { code: 'source-crash', message: 'the source crashed while the guest was there; the guest is lost' } })
    expect(stats.totalMs).toBeCloseTo(100, 6)
  })

  it('at the very start is met like any other', () => {
    expect(run(systems.precopy, [{ kind: 'source-crash', at: '0 s' }])).toMatchObject({ outcome: 'lost', totalMs: 0 })
    expect(run(systems.precopy, [{ kind: 'destination-crash', at: '0 s' }])).toMatchObject({ outcome: 'failed', totalMs: 200 })
  })

  it('of the destination is known after its silence; until then a stopped guest stands still', () => {
    const resumeMs = scenario(systems.precopy, []).guest.resumeTime / 1e6
    const running = run(systems.precopy, [{ kind: 'destination-crash', at: '100 ms' }])
    expect(running.totalMs).toBeCloseTo(300, 6)
    expect(running.downtimeMs).toBe(0)
    const stopped = run(systems.precopy, [{ kind: 'destination-crash', phase: 'stop-and-copy' }])
    expect(stopped.downtimeMs).toBeCloseTo(200 + resumeMs, 6)
  })

  it('of the source while the destination is given up loses the guest after all', () => {
    const stats = run(systems.precopy, [
      { kind: 'destination-crash', at: '100 ms' },
      { kind: 'source-crash', at: '150 ms' },
    ])
    expect(stats).toMatchObject({ outcome: 'lost', reason: { code: 'source-crash' }, faultsHit: 2 })
    expect(stats.totalMs).toBeCloseTo(150, 6)
  })

  it('of the destination in the activation of a committed guest loses it', () => {
    expect(run(systems.precopy, [{ kind: 'destination-crash', phase: 'activation', at: '50 us' }])).toMatchObject({ outcome: 'lost', reason: { code: 'destination-crash' } })
  })

  it('of the source, or loss of the link, changes nothing once every page of post-copy has arrived', () => {
    for (const kind of ['link-loss', 'source-crash'] as const) {
      expect(run(systems.postcopy, [{ kind, phase: 'commitment', at: '150 us' }]), kind).toMatchObject({ outcome: 'completed', faultsHit: 1 })
    }
  })

  it('after the end is not counted', () => {
    expect(run(systems.precopy, [{ kind: 'source-crash', at: '1 h' }])).toMatchObject({ outcome: 'completed', faultsHit: 0 })
  })

  it('does not end with time', () => {
    expect(() => scenario(systems.precopy, [{ kind: 'source-crash', at: '1 s', lasts: '1 s' }])).toThrow('a host that crashed does not come back')
  })

  it('of the first source host leaves the guests of the others alone', () => {
    const stats = run(systems.precopy, [{ kind: 'source-crash', at: '50 ms' }], { fleet: { guests: 4, hosts: 2, order: 'series' } })
    expect(stats.guests.map(({ outcome }) => outcome)).toEqual(['lost', 'completed', 'lost', 'completed'])
  })
})

describe('recovery of post-copy', () => {
  const recover = systems['postcopy that recovers']
  const undisturbed = run(recover, [])

  it('sends each page once in spite of a loss, and counts the pause', () => {
    const stats = run(recover, [{ phase: 'postcopy', at: '100 ms', lasts: '1 s' }])
    expect(stats.outcome).toBe('completed')
    // Given up 200 ms after the loss, back 800 ms later, and three messages with a bitmap until both sides go on.
    expect(stats.pausedMs).toBeGreaterThan(800)
    expect(stats.pausedMs).toBeLessThan(801)
    expect(stats.totalMs).toBeGreaterThan(undisturbed.totalMs + 900)
  })

  it('is not needed when the link is back before the silence is noticed', () => {
    const stats = run(recover, [{ phase: 'postcopy', at: '100 ms', lasts: '150 ms' }])
    expect(stats).toMatchObject({ outcome: 'completed', pausedMs: 0 })
  })

  it('survives several losses, one of them while it recovers', () => {
    const stats = run(recover, [
      { phase: 'postcopy', at: '50 ms', lasts: '500 ms' },
      { phase: 'postcopy', at: '550.1 ms', lasts: '500 ms' },
      { phase: 'postcopy', at: '1300 ms', lasts: '300 ms' },
    ])
    expect(stats).toMatchObject({ outcome: 'completed', faultsHit: 3 })
    expect(stats.pausedMs).toBeGreaterThan(300 + 300 + 100)
  })

  it('survives a loss in commitment', () => {
    const stats = run(recover, [{ phase: 'commitment', lasts: '1 s' }])
    expect(stats.outcome).toBe('completed')
    expect(stats.pausedMs).toBeGreaterThan(800)
  })

  it('ends when the link does not come back', () => {
    for (const faults of [[{ phase: 'postcopy' }], [{ phase: 'postcopy', lasts: '1 s' }, { phase: 'postcopy', at: '500 ms' }]] as const) {
      expect(run(recover, faults)).toMatchObject({ outcome: 'lost', reason: { code: 'connection-lost' } })
    }
  })

  it('counts silence from the last time that the link was up', () => {
    const stats = run(recover, [
      { phase: 'postcopy', at: '50 ms', lasts: '150 ms' },
      { phase: 'postcopy', at: '210 ms', lasts: '150 ms' },
    ])
    expect(stats).toMatchObject({ outcome: 'completed', pausedMs: 0 })
  })

  it('takes losses that overlap as one', () => {
    const stats = run(recover, [
      { phase: 'postcopy', at: '50 ms', lasts: '1 s' },
      { phase: 'postcopy', at: '100 ms', lasts: '100 ms' },
    ])
    expect(stats.pausedMs).toBeGreaterThan(800)
  })
})

describe('reverse checkpoints', () => {
  const idle: ScenarioInput = { workload: { kind: 'idle' }, guest: { memory: '64 MiB', deviceState: '1 MiB' } }
  const every = (interval: string): Strategy => ({ kind: 'postcopy', checkpoint: true, checkpointInterval: interval, checkpointCopyRate: '1 GB/s' })

  it('cost an idle guest the copy of its device state, exactly', () => {
    const stats = run(every('100 ms'), [], { ...idle, tracking: { cleanPerPage: '0 us', scanPerPage: '0 us' } })
    expect(stats.outcome).toBe('completed')
    // 64 MiB at 1 Gbit/s take 537 ms: five checkpoints of 1 MiB of device state, each copied in 1.048576 ms.
    expect(stats.checkpoints).toBe(5)
    expect(stats.checkpointBytes).toBe(5 * 2 ** 20)
    expect(stats.checkpointStopMs).toBeCloseTo(5 * 1.048576, 5)
  })

  it('undo no more than the work since the last one, and count it as lost', () => {
    const stats = run(every('50 ms'), [{ kind: 'destination-crash', phase: 'postcopy', at: '330 ms' }], idle)
    expect(stats).toMatchObject({ outcome: 'failed', reason: { code: 'destination-crash' } })
    expect(stats.checkpoints).toBe(6)
    // The seventh was due 20 ms later; activation ends 100 us after the guest resumed, each stop is below 2 ms.
    expect(stats.rolledBackMs).toBeGreaterThan(25)
    expect(stats.rolledBackMs).toBeLessThan(50)
    const resumeMs = scenario(every('50 ms'), [], idle).guest.resumeTime / 1e6
    expect(stats.rollbackOutageMs).toBeCloseTo(200 + resumeMs, 6)
    const { downtimeMs, destinationMs } = stats.guestLostParts
    expect(stats.guestLostMs).toBeCloseTo(downtimeMs + destinationMs, 6)
    expect(destinationMs).toBeCloseTo(stats.rolledBackMs + stats.rollbackOutageMs + stats.checkpointStopMs, 3)
  })

  it('go back to the moment of the switch-over while none has arrived', () => {
    const stats = run(every('10 s'), [{ kind: 'destination-crash', phase: 'postcopy', at: '300 ms' }], idle)
    expect(stats).toMatchObject({ outcome: 'failed', checkpoints: 0 })
    expect(stats.rolledBackMs).toBeGreaterThan(299)
    expect(stats.rolledBackMs).toBeLessThan(301)
  })

  it('change nothing of the pages that are sent, and slow a writing guest down', () => {
    const without = run(systems.postcopy, [])
    const withThem = run(systems['postcopy with checkpoints'], [])
    expect(withThem.pagesSent).toBe(without.pagesSent)
    expect(withThem.checkpointBytes).toBeGreaterThan(0)
    expect(withThem.guestLostMs).toBeGreaterThan(without.guestLostMs)
  })

  it('wait for a link that is gone, and go on with it', () => {
    const stats = run({ ...systems['postcopy with checkpoints'], recover: true }, [{ phase: 'postcopy', at: '100 ms', lasts: '1 s' }])
    expect(stats.outcome).toBe('completed')
    expect(stats.checkpoints).toBeGreaterThan(5)
  })

  it('do not help against a crash of the source', () => {
    expect(run(systems['postcopy with checkpoints'], [{ kind: 'source-crash', phase: 'postcopy', at: '100 ms' }]).outcome).toBe('lost')
  })
})

it('a page that a short loss holds up comes before the commitment that follows it', () => {
  const guest = { memory: '64 MiB' }
  const strategy: Strategy = { kind: 'postcopy', push: 'linear', pushBatch: 1 }
  const link = { bandwidth: '1 Gbit/s', latency: '200 us', timeout: '500 ms' }
  const endsAt = run(strategy, [], { guest, link }).totalMs
  // From well before the last page leaves until the commitment is through, in steps shorter than the latency.
  for (let atMs = endsAt - 1.2; atMs < endsAt; atMs += 0.05) {
    expect(run(strategy, [{ at: `${atMs} ms`, lasts: '50 ms' }], { guest, link }).outcome).toBe('completed')
  }
})

it('the suite of failures has each of them come, in the phase that it names', () => {
  const read = readSuite(suitePresets['failures']?.yaml ?? '', 'failures')
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const planned = planSuite(read.suite)
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems))
  for (const { scenario: point, factors } of planned.plan.points) {
    const stats = simulate(point, 1)
    const [fault] = point.faults
    expect(stats.faultsHit, JSON.stringify(factors)).toBe(1)
    if (fault?.kind !== 'destination-crash') continue
    // The last phase of a record is the one in which the crash came; reservation and commitment have no span of their own.
    const last = stats.timeline.phases.at(-1)?.phase
    expect(last, JSON.stringify(factors)).toBe(fault.phase === 'reservation' ? 'setup' : fault.phase === 'commitment' ? (point.strategy.kind === 'precopy' ? 'stop-and-copy' : 'postcopy') : fault.phase)
  }
})
