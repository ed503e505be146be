/** The windows that are told of events. One that fails does not keep the others from being told. */

import type { AppEvents } from '#shared/rpc/app-contract.ts'
import { eventsThrough } from '#shared/rpc/channel.ts'

export interface Audience {
  readonly join: (events: AppEvents) => () => void
  /** Tells everybody. */
  readonly events: AppEvents
}

/** `onSize` is told how many there are whenever that changes. */
export function audience(onFault: (sentence: string) => void, onSize: (size: number) => void): Audience {
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
      onSize(members.size)
      return () => {
        members.delete(member)
        onSize(members.size)
      }
    },
    events: eventsThrough((name, args) => tell((events) => void Reflect.apply(events[name], events, args))),
  }
}
