/** Events that a listener may prevent, as Electron has them. */

import { EventEmitter } from 'node:events'

export class PreventableEmitter extends EventEmitter {
  /** Emits an event with these properties; true if a listener prevented what comes next. */
  emitPreventable(name: string, ...args: readonly unknown[]): boolean {
    const event = eventWith({})
    this.emit(name, event, ...args)
    return event.defaultPrevented
  }

  /** The same where the details are properties of the event itself. */
  emitDetails(name: string, details: Readonly<Record<string, unknown>>): boolean {
    const event = eventWith(details)
    this.emit(name, event)
    return event.defaultPrevented
  }
}

function eventWith(details: Readonly<Record<string, unknown>>) {
  return {
    ...details,
    defaultPrevented: false,
    preventDefault(): void {
      this.defaultPrevented = true
    },
  }
}
