import { describe, expect, test } from 'vitest'
import { suiteWarnings } from '#shared/scenario/warnings.ts'
import { planOf, suiteOf, suiteText } from './suite-text.ts'

const warningsOf = (...lines: string[]): string[] => suiteWarnings(suiteOf(suiteText(...lines)), planOf(suiteText(...lines))).map(({ line, field, message }) => `${line} ${field}: ${message}`)

describe('a failure that never comes', () => {
  test('because its phase is never entered', () => {
    expect(warningsOf('base:', '  strategy: { kind: precopy }', '  faults: [{ phase: postcopy }]')).toEqual(['5 base.faults[0].phase: never comes: a migration of kind precopy has no phase postcopy here'])
    expect(warningsOf('base:', '  strategy: { kind: precopy, stop: { timeout: 3 s, timeoutAction: postcopy } }', '  faults: [{ phase: postcopy }]')).toEqual([])
    expect(warningsOf('base:', '  strategy: { kind: cold }', '  faults: [{ phase: save }]')).toEqual([])
    expect(warningsOf('base:', '  faults: [{ phase: disk }]')).toEqual(['4 base.faults[0].phase: never comes: a migration of kind precopy has no phase disk here'])
  })

  test('because the migration has been given up by then', () => {
    const strategy = '  strategy: { stop: { timeout: 30 s, timeoutAction: abort } }'
    expect(warningsOf('base:', strategy, '  faults: [{ at: 10 min }]')).toMatchObject([expect.stringMatching(/^5 base\.faults\[0\]\.at: never comes: stop\.timeout ends the migration by /)])
    expect(warningsOf('base:', strategy, '  faults: [{ at: 20 s }]')).toEqual([])
    expect(warningsOf('base:', '  faults: [{ at: 10 h }]')).toEqual([])
  })

  test('is told only if it comes at no point', () => {
    expect(warningsOf('base: { faults: [{ phase: postcopy }] }', 'vary: [{ field: strategy.kind, values: [precopy, postcopy] }]')).toEqual([])
  })
})
