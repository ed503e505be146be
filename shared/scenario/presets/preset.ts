/** What a preset is: a scenario or a suite with a name, a title, and a word on what it is for. */

import type { ScenarioInput } from '../scenario.ts'

export interface ScenarioPreset {
  readonly title: string
  readonly description: string
  /** The scenario as it would be written in a file; what it leaves out has its default. */
  readonly input: ScenarioInput
}

export interface SuitePreset {
  readonly title: string
  readonly description: string
  /** The whole file. */
  readonly yaml: string
}
