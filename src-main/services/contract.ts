/** What the services need from the program around them, and what they offer to it. */

import type { About, AppCalls, AppEvents } from '#shared/rpc/app-contract.ts'
import type { StoreOptions } from '../store/contract.ts'
import type { HostsOptions } from './hosts.ts'

export interface AppServicesOptions {
  /** The store is made if there is none. */
  readonly storePath: string
  /** Where relative paths and the list of folders begin. */
  readonly documentsFolder: string
  /** Settings, recent documents and drafts; made if there is none. */
  readonly configFolder: string
  /** What proves who may connect to an agent; absent: the folder that `godwit agent init` makes. */
  readonly credentialsFolder?: string
  readonly mode: About['mode']
  /** A native dialog; absent in browser mode. */
  readonly chooseFile?: AppCalls['chooseFile']
  /** Told in a sentence what was mended by itself, such as a damaged settings file that was set aside. */
  readonly onNotice?: (sentence: string) => void
  /** As `StoreOptions`. */
  readonly storeOptions?: Pick<StoreOptions, 'busyTimeoutMs' | 'maxPages'>
  /** Another worker than the simulator's, and the heap of each. */
  readonly workerUrl?: URL
  readonly memoryLimitMb?: number
  /** Other ways to agents than the real ones. */
  readonly hosts?: Pick<HostsOptions, 'connect' | 'readCredentials' | 'startLocal' | 'timeoutMs'>
}

export interface AppServices {
  /** Answers what any window asks; the arguments are checked before they are used. */
  readonly calls: AppCalls
  /**
   * Serves a window of many until the returned function is called: answers it, and tells it all events. Drafts that it is
   * at work on are offered to no other.
   */
  readonly serveWindow: (attach: (calls: AppCalls) => AppEvents) => () => void
  /** Adds a listener that is told all events from now on; returns how to leave. */
  readonly subscribe: (events: AppEvents) => () => void
  /** Tells the windows of something that was mended by itself. */
  readonly notify: (sentence: string) => void
  /** Drops the runs at work, keeps those that came in, and gives the store back. */
  readonly close: () => Promise<void>
}
