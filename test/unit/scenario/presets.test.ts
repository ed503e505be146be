import { describe, expect, test } from 'vitest'
import { scenarioPresets, suitePresets } from '#shared/scenario/presets/index.ts'
import { overPreset, resolveScenario } from '#shared/scenario/resolve.ts'
import { suiteWarnings } from '#shared/scenario/warnings.ts'
import { designExample, planOf, suiteOf, suiteText } from './suite-text.ts'

describe('presets', () => {
  test.each(Object.entries(scenarioPresets))('scenario %s is valid and says what it is', (_name, { title, description, input }) => {
    expect(resolveScenario(input)).toMatchObject({ ok: true })
    expect(title.length).toBeGreaterThan(5)
    expect(description).toMatch(/\.$/)
  })

  test.each(Object.entries(suitePresets))('suite %s can be run, and sets nothing in vain', (_name, { yaml }) => {
    expect(planOf(yaml).runs.length).toBeGreaterThan(1)
    expect(suiteWarnings(suiteOf(yaml), planOf(yaml))).toEqual([])
  })

  test('no scenario sets a field that its kind does not read', () => {
    const idle = Object.entries(scenarioPresets).flatMap(([name, { input }]) => {
      const text = suiteText(`base: ${JSON.stringify(input)}`)
      return suiteWarnings(suiteOf(text), planOf(text)).map(({ field }) => `${name}: ${field}`)
    })
    expect(idle).toEqual([])
  })

  test('a name is a suite or a scenario, never both', () => {
    expect(Object.keys(suitePresets).filter((name) => name in scenarioPresets)).toEqual([])
  })
})

describe('warnings', () => {
  const warningsOf = (text: string): string[] => suiteWarnings(suiteOf(text), planOf(text)).map(({ line, column, field, message }) => `${line}:${column} ${field}: ${message}`)

  test('name fields that nothing reads', () => {
    expect(warningsOf(suiteText('base:', '  workload: { kind: uniform, hotPages: 3 %, processes: [{ kind: uniform, exponent: 1 }] }', '  strategy: { kind: stop-and-copy, skipDirty: on }'))).toEqual([
      '4:30 base.workload.hotPages: has no effect: it is read if workload.kind is hot-cold or kernel-compile or web-server, and here it is uniform',
      '4:74 base.workload.processes[0].exponent: has no effect: it is read if workload.processes.0.kind is zipf or oltp, and here it is uniform',
      '5:36 base.strategy.skipDirty: has no effect: it is read if strategy.kind is precopy or hybrid or self or three-stage, and here it is stop-and-copy',
    ])
  })

  test('name varied fields that nothing reads', () => {
    expect(warningsOf(suiteText('base: { workload: { kind: uniform } }', 'vary: [{ field: workload.exponent, values: [0.5, 1] }]'))).toEqual([
      '4:10 vary[0].field: has no effect: it is read if workload.kind is zipf or oltp, and here it is uniform',
    ])
  })

  test('keep silent if one point reads the field', () => {
    expect(warningsOf(suiteText('base: { workload: { exponent: 1 } }', 'vary: [{ field: workload.kind, values: [uniform, zipf] }]'))).toEqual([])
  })

  test('are none for the example of the design document', () => {
    expect(warningsOf(designExample)).toEqual([])
  })
})

describe('a base over a preset', () => {
  test('replaces the workload of the preset as a whole when it names a kind of its own, and merges fields otherwise', () => {
    const preset = { workload: { kind: 'uniform', writes: 5, processes: [{ kind: 'idle' }] }, link: { latency: '1 ms' } }
    expect(overPreset(preset, { workload: { kind: 'zipf' } })).toEqual({ workload: { kind: 'zipf' }, link: { latency: '1 ms' } })
    expect(overPreset(preset, { workload: { writes: 7 } })['workload']).toEqual({ kind: 'uniform', writes: 7, processes: [{ kind: 'idle' }] })
  })
})
