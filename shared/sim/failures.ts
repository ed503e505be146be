/** Carries out the failures of a scenario: at a time, or when a stage begins. */

import { ConnectionGone, ConnectionLost, HostCrashed, type Stage } from '../migration/world.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { FaultSpec } from '../scenario/sections/faults.ts'
import type { Kernel } from './kernel/kernel.ts'
import type { Link } from './network/link.ts'

export type Failure = ConnectionLost | ConnectionGone | HostCrashed

interface FailureParts {
  readonly kernel: Kernel
  readonly link: Link
  readonly scenario: Scenario
  /** A failure of the scenario comes now. */
  readonly onFault: () => void
  /** Throws into each migration that it concerns, where it waits. */
  readonly fail: (cause: Failure) => void
}

/** Plans the failures that have a time of their own; the returned function is to be called at the beginning of each stage. */
export function planFailures(parts: FailureParts): (stage: Stage) => void {
  const { kernel, link, scenario, onFault, fail } = parts
  const waiting = new Map<Stage, FaultSpec[]>()
  /** Losses of the link that go on now; it is up when there is none. */
  let losses = 0
  let upAgain = 0

  function loseLink({ lasts }: FaultSpec): void {
    const before = upAgain
    losses++
    link.fail()
    if (lasts !== null) {
      kernel.schedule(lasts, () => {
        losses--
        if (losses > 0) return
        upAgain++
        link.recover()
      })
    }
    // Without an answer for this long, both sides give the connection up, even if the link comes back later.
    kernel.schedule(scenario.link.timeout, () => {
      if (!link.isUp && upAgain === before) fail(lasts === null ? new ConnectionGone() : new ConnectionLost())
    })
  }

  function schedule(fault: FaultSpec): void {
    kernel.schedule(fault.at ?? 0, () => {
      onFault()
      if (fault.kind === 'link-loss') loseLink(fault)
      else fail(new HostCrashed(fault.kind === 'source-crash' ? 'source' : 'destination'))
    })
  }

  for (const fault of scenario.faults) {
    if (fault.phase === 'any') schedule(fault)
    else waiting.set(fault.phase, [...(waiting.get(fault.phase) ?? []), fault])
  }
  return (stage) => {
    for (const fault of waiting.get(stage) ?? []) schedule(fault)
    waiting.delete(stage)
  }
}
