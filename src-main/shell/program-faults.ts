/**
 * Faults of the program itself and of its helper processes. A run that fails is the services' business and becomes a
 * record; what arrives here is a mistake of ours, which is said, and the window stays.
 */

import { type App, dialog } from 'electron'
import { GodwitError } from '#shared/model/godwit-error.ts'

export interface ProgramFaultsOptions {
  readonly app: App
  /** Where the trace goes. */
  readonly log: (text: string) => void
}

export function surviveProgramFaults({ app, log }: ProgramFaultsOptions): void {
  let shown = false
  const show = (what: string, fault: unknown): void => {
    log(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault))
    // A fault that repeats itself is shown once at a time.
    if (shown) return
    shown = true
    void tell(app, what, fault).finally(() => (shown = false))
  }
  process.on('uncaughtException', (fault) => show('A part of Godwit failed.', fault))
  process.on('unhandledRejection', (fault) => show('A part of Godwit failed.', fault))
  app.on('child-process-gone', (_event, { type, reason, exitCode, name }) => {
    if (reason === 'clean-exit') return
    log(`${type} process ${name ?? ''} ended: ${reason}, exit code ${exitCode}`)
    // Chromium starts its graphics process again by itself.
    if (type !== 'GPU') show('A helper process of Godwit ended unexpectedly.', `${name ?? type}: ${reason}, exit code ${exitCode}`)
  })
}

/** The window could not be made at all: says why, and whether the user wants to try once more. */
export async function wantsAnotherTry(fault: unknown): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Godwit',
    message: 'Godwit cannot start.',
    detail: sentenceOf(fault),
    buttons: ['Try again', 'Quit'],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  })
  return response === 0
}

async function tell(app: App, message: string, fault: unknown): Promise<void> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    title: 'Godwit',
    message,
    detail: `${sentenceOf(fault)}\n\nFinished runs are stored. You can go on; if it happens again, quit and start Godwit anew.`,
    buttons: ['Go on', 'Quit'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  if (response === 1) app.quit()
}

function sentenceOf(fault: unknown): string {
  if (fault instanceof GodwitError) return fault.message
  return fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault)
}
