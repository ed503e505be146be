/** Stunning rogue processes (Clark et al. 2005): one that causes more write faults than allowed is put to sleep. */

export interface ProcessActivity {
  readonly asleep: boolean
  /** Write faults since the monitor last looked. */
  readonly writeFaults: number
}

/** Indices of the processes to put to sleep now. */
export function processesToStun(processes: readonly ProcessActivity[], limit: number): readonly number[] {
  return processes.flatMap(({ asleep, writeFaults }, index) => (!asleep && writeFaults > limit ? [index] : []))
}
