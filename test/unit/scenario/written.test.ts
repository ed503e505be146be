import { expect, it } from 'vitest'
import { scenarioPresets } from '#shared/scenario/presets/index.ts'
import { resolveScenario } from '#shared/scenario/resolve.ts'
import { writtenScenario } from '#shared/scenario/written.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

it.each(Object.entries(scenarioPresets))('%s, written and read again, is the same scenario', (_name, { input }) => {
  const scenario = scenarioOf(input)
  expect(resolveScenario(writtenScenario(scenario))).toEqual({ ok: true, scenario })
})
