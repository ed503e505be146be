/** Carries out the failures of a scenario: at a time, or when a stage begins. */

import { ConnectionLost, type Stage } from '../migration/world.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { FaultSpec } from '../scenario/sections/faults.ts'
import type { Kernel } from './kernel/kernel.ts'
import type { Link } from './network/link.ts'

interface FailureParts {
  readonly kernel: Kernel
  readonly link: Link
  readonly scenario: Scenario
  /** Throws into the migration where it waits, unless it no longer needs the connection. */
  readonly breakConnection: (reason: ConnectionLost) => void
}

/** Plans the failures that have a time of their own; the returned function is to be called at the beginning of each stage. */
export function planFailures(parts: FailureParts): (stage: Stage) => void {
  const waiting = new Map<Stage, FaultSpec[]>()
  for (const fault of parts.scenario.faults) {
    if (fault.phase === 'any') schedule(parts, fault)
    else waiting.set(fault.phase, [...(waiting.get(fault.phase) ?? []), fault])
  }
  return (stage) => {
    for (const fault of waiting.get(stage) ?? []) schedule(parts, fault)
    waiting.delete(stage)
  }
}

function schedule({ kernel, link, scenario, breakConnection }: FailureParts, fault: FaultSpec): void {
  kernel.schedule(fault.at ?? 0, () => {
    link.fail()
    const recovery = fault.lasts === null ? null : kernel.schedule(fault.lasts, () => link.recover())
    // Without an answer for this long, both sides give the connection up, even if the link comes back later.
    kernel.schedule(scenario.link.timeout, () => {
      if (link.isUp) return
      if (recovery !== null) kernel.cancel(recovery)
      breakConnection(new ConnectionLost())
    })
  })
}
