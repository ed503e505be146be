/** A scenario: everything that one run depends on, apart from its seed and backend. */

import * as z from 'zod'
import { balloon } from './sections/balloon.ts'
import { faults } from './sections/faults.ts'
import { fleet } from './sections/fleet.ts'
import { guest } from './sections/guest.ts'
import { destination, link } from './sections/link.ts'
import { disk, storage } from './sections/storage.ts'
import { optimisations, strategy } from './sections/strategy.ts'
import { tracking, wws } from './sections/tracking.ts'
import { workload } from './sections/workload.ts'

export const scenarioSchema = z.strictObject(
  { guest, workload, link, destination, tracking, balloon, strategy, optimisations, wws, storage, disk, fleet, faults },
  { error: 'a scenario with its sections is expected' },
)

/**
 * A scenario with every field filled in. Its numbers are in base units: bytes, nanoseconds, bits per second, pages per
 * second, fractions of one; a field that is off is null.
 */
export type Scenario = z.output<typeof scenarioSchema>

/** A scenario as written: any part may be left out, quantities carry units. */
export type ScenarioInput = z.input<typeof scenarioSchema>
