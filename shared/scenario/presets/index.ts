/** The named scenarios and suites that come with Godwit. A name in a file never changes its meaning. */

import { baselineScenarios, baselineSuites } from './baselines-and-fleets.ts'
import { clark2005Scenarios, clark2005Suite } from './clark-2005.ts'
import { cui2020Scenarios, cui2020Suites } from './cui-2020.ts'
import { controllerScenarios, controllerSuites } from './controllers.ts'
import { dirtyLimitScenarios, dirtyLimitSuites } from './dirty-limit.ts'
import { failureScenarios, failureSuites } from './failures.ts'
import { fidelitySuites } from './fidelity.ts'
import { guestperfSuites } from './guestperf.ts'
import { hines2009Scenarios, hines2009Suites } from './hines-2009.ts'
import { postcopySystemScenarios, postcopySystemSuites } from './postcopy-systems.ts'
import type { ScenarioPreset, SuitePreset } from './preset.ts'
import { ownScenarios } from './scenarios.ts'
import { ownSuites } from './suites.ts'
import { tsmc2014Scenarios, tsmc2014Suites } from './tsmc-2014.ts'

export type { ScenarioPreset, SuitePreset } from './preset.ts'

/** Scenarios that a base may start from, by name. */
export const scenarioPresets: Readonly<Record<string, ScenarioPreset>> = { ...clark2005Scenarios, ...ownScenarios, ...baselineScenarios, ...controllerScenarios, ...failureScenarios, ...dirtyLimitScenarios, ...hines2009Scenarios, ...tsmc2014Scenarios, ...cui2020Scenarios, ...postcopySystemScenarios }

/** Suites that can be run by name in the place of a file. */
export const suitePresets: Readonly<Record<string, SuitePreset>> = { 'clark-2005': clark2005Suite, ...ownSuites, ...guestperfSuites, ...baselineSuites, ...controllerSuites, ...failureSuites, ...dirtyLimitSuites, ...hines2009Suites, ...tsmc2014Suites, ...cui2020Suites, ...postcopySystemSuites, ...fidelitySuites }
