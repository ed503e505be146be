/** The guest's thread. */

import { workerData } from 'node:worker_threads'
import type { GuestThreadData } from './guest-messages.ts'
import { RunningGuest } from './running-guest.ts'

new RunningGuest(workerData as GuestThreadData).run()
