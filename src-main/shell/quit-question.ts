/** Whether leaving needs a question, and how it is put. */

import type { QueueEntry } from '#shared/rpc/app-contract.ts'

export function runsGoingOn(entries: readonly QueueEntry[]): readonly QueueEntry[] {
  return entries.filter(({ state }) => state === 'running' || state === 'waiting')
}

/** What a person needs to know to decide. */
export function quitQuestion(going: readonly QueueEntry[]): { readonly message: string; readonly detail: string } {
  const left = going.reduce((sum, { planned, reused, finished }) => sum + Math.max(0, planned - reused - finished), 0)
  const [first] = going
  const who = going.length === 1 && first !== undefined ? `“${first.name}” is` : `${going.length} suites are`
  return {
    message: `${who} still running`,
    detail: `${left === 1 ? '1 run is' : `${left} runs are`} left. Runs that are finished are stored; the rest can be resumed when Godwit is opened again.`,
  }
}
