/** What a command may do to the terminal. Results go out, progress and logs go to err. */
export interface CliIo {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** True if standard error is a terminal, where a progress bar makes sense. */
  readonly interactive: boolean
}

/** Exit statuses: success, a run that failed, bad input. */
export const exitStatus = { success: 0, runFailed: 1, badInput: 2 } as const
export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus]
