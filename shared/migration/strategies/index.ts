/** The strategies by the name they have in a scenario. Adding one is a file and a line here. */

import type { Scenario } from '../../scenario/scenario.ts'
import { preCopy } from './precopy.ts'
import type { Migration, MigrationContext } from './stages.ts'
import { stopAndCopyStrategy } from './stop-and-copy.ts'

export type Strategy = (context: MigrationContext, scenario: Scenario) => Migration

export const strategies: Readonly<Record<Scenario['strategy']['kind'], Strategy>> = {
  precopy: preCopy,
  'stop-and-copy': stopAndCopyStrategy,
}
