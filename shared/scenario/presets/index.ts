/** The named scenarios and suites that come with Godwit. A name in a file never changes its meaning. */

import { clark2005Scenarios, clark2005Suite } from './clark-2005.ts'
import type { ScenarioPreset, SuitePreset } from './preset.ts'
import { ownScenarios } from './scenarios.ts'
import { ownSuites } from './suites.ts'

export type { ScenarioPreset, SuitePreset } from './preset.ts'

/** Scenarios that a base may start from, by name. */
export const scenarioPresets: Readonly<Record<string, ScenarioPreset>> = { ...clark2005Scenarios, ...ownScenarios }

/** Suites that can be run by name in the place of a file. */
export const suitePresets: Readonly<Record<string, SuitePreset>> = { 'clark-2005': clark2005Suite, ...ownSuites }
