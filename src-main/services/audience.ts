/** The windows that are told of events. One that fails does not keep the others from being told. */

import type { AppEvents } from '#shared/rpc/app-contract.ts'

export interface Audience {
  readonly join: (events: AppEvents) => () => void
  /** Tells everybody. */
  readonly events: AppEvents
}

export function audience(onFault: (sentence: string) => void): Audience {
  const members = new Set<{ readonly events: AppEvents }>()
  const tell = (telling: (events: AppEvents) => void): void => {
    for (const { events } of members) {
      try {
        telling(events)
      } catch (error) {
        onFault(`a window could not be told of a change: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  return {
    join: (events) => {
      const member = { events }
      members.add(member)
      return () => void members.delete(member)
    },
    events: {
      queueChanged: (...args) => tell((events) => events.queueChanged(...args)),
      runsFinished: (...args) => tell((events) => events.runsFinished(...args)),
      suitesChanged: (...args) => tell((events) => events.suitesChanged(...args)),
      notesChanged: (...args) => tell((events) => events.notesChanged(...args)),
      settingsChanged: (...args) => tell((events) => events.settingsChanged(...args)),
      requested: (...args) => tell((events) => events.requested(...args)),
    },
  }
}
