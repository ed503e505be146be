/** The strategies by the name they have in a scenario. Adding one is a file and a line here. */

import type { Scenario } from '../../scenario/scenario.ts'
import { cold } from './cold.ts'
import { hybrid } from './hybrid.ts'
import { onDemand, postCopy } from './postcopy.ts'
import { preCopy } from './precopy.ts'
import { selfMigration } from './self.ts'
import type { Migration, MigrationContext } from './stages.ts'
import { stopAndCopyStrategy } from './stop-and-copy.ts'
import { threeStage } from './three-stage.ts'

export type Strategy = (context: MigrationContext, scenario: Scenario) => Migration

export const strategies: Readonly<Record<Scenario['strategy']['kind'], Strategy>> = {
  precopy: preCopy,
  postcopy: postCopy,
  'on-demand': onDemand,
  hybrid,
  'three-stage': threeStage,
  'stop-and-copy': stopAndCopyStrategy,
  self: selfMigration,
  cold,
}
