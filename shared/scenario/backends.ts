/** What can run a suite: one table for the suite file, the command line and the window. */

import type { BackendName } from './plan.ts'

export interface Backend {
  readonly label: string
  /** One line: what happens to a run. */
  readonly meaning: string
  /** What a later version brings; absent: this version runs it. */
  readonly later?: string
}

export const backendTable: Readonly<Record<BackendName, Backend>> = {
  sim: { label: 'Simulator', meaning: 'a page-level simulation in virtual time' },
  agents: { label: 'Host agents', meaning: 'real memory over real TCP while a guest writes to it; in real time, one run after the other' },
  qemu: { label: 'QEMU', meaning: 'real virtual machines are migrated; it comes with a later version', later: 'QEMU' },
}

export const backendNames = Object.keys(backendTable) as readonly BackendName[]

/** Those that this version can run. */
export const runnableBackends = ['sim', 'agents'] as const satisfies readonly BackendName[]
