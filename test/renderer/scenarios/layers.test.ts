import { describe, expect, it } from 'vitest'
import { describeField, editorSections, type FieldDescription } from '#shared/scenario/editor-model.ts'
import { parseFieldPath } from '#shared/scenario/field-index.ts'
import { scenarioPresets } from '#shared/scenario/presets/index.ts'
import { resolveScenario } from '#shared/scenario/resolve.ts'
import { baselineOf, layersOf, listInForce, textInForce } from '../../../src-renderer/features/scenarios/layers.ts'
import { presetGroups } from '../../../src-renderer/features/scenarios/preset-groups.ts'
import { previewFigures } from '../../../src-renderer/features/scenarios/preview-figures.ts'
import { sectionSentence } from '../../../src-renderer/features/scenarios/section-sentences.ts'
import { simulate } from '#shared/sim/simulate.ts'
import type { MigrationStats } from '#shared/model/migration-stats.ts'

const field = (path: string): FieldDescription => {
  const found = describeField(parseFieldPath(path))
  if (found === undefined) throw new Error(`there is no field ${path}`)
  return found
}

describe('what a field holds without the file', () => {
  it('comes from the preset, else from the policy, else from the default', () => {
    const layers = layersOf({ preset: 'nova', link: { bandwidth: '2 Gbit/s' } })
    expect(baselineOf(layers, field('link.bandwidth'))).toEqual({ value: '1 Gbit/s', from: 'preset' })
    expect(baselineOf(layers, field('strategy.stop.rampSteps'))).toEqual({ value: 10, from: 'policy' })
    expect(baselineOf(layers, field('link.perPage'))).toEqual({ value: undefined, from: 'default' })
  })

  it('is the default for a workload whose kind the file says itself, and the kind of the preset for the kind', () => {
    const layers = layersOf({ preset: 'lab/hot-cold-1g', workload: { kind: 'zipf' } })
    expect(baselineOf(layers, field('workload.writes')).from).toBe('default')
    expect(baselineOf(layers, field('workload.kind'))).toEqual({ value: 'hot-cold', from: 'preset' })
  })

  it('gives the same scenario as the file alone when every baseline is written out', () => {
    for (const name of Object.keys(scenarioPresets)) {
      const layers = layersOf({ preset: name })
      const written: Record<string, Record<string, unknown>> = {}
      for (const section of editorSections()) {
        for (const { path, ...described } of section.fields) {
          const { value } = baselineOf(layers, { path, ...described })
          if (value !== undefined) (written[String(path[0])] ??= {})[String(path[1])] = value
        }
      }
      const own = resolveScenario(layersOf({ preset: name, ...written, workload: undefined }).merged)
      const plain = resolveScenario(layers.merged)
      expect({ name, scenario: own.ok && own.scenario.guest }).toEqual({ name, scenario: plain.ok && plain.scenario.guest })
      expect({ name, strategy: own.ok && own.scenario.strategy }).toEqual({ name, strategy: plain.ok && plain.scenario.strategy })
    }
  })

  it('tells the kind in force for fields that depend on it', () => {
    expect(textInForce(layersOf({ preset: 'lab/zipf-2g' }), ['workload', 'kind'])).toBe('zipf')
    expect(textInForce(layersOf({}), ['workload', 'kind'])).toBe('idle')
  })

  it('knows whether the entries of a list are the preset’s or the file’s', () => {
    expect(listInForce(layersOf({ preset: 'lab/link-loss-1g' }), ['faults'])).toMatchObject({ isOwn: false, items: [expect.anything()] })
    expect(listInForce(layersOf({ preset: 'lab/link-loss-1g', faults: [] }), ['faults'])).toEqual({ isOwn: true, items: [] })
  })
})

describe('the list of presets', () => {
  it('has every preset once, papers first', () => {
    const groups = presetGroups()
    expect(groups.flatMap(({ presets }) => presets.map(({ name }) => name)).sort()).toEqual(Object.keys(scenarioPresets).sort())
    expect(groups.map(({ label }) => label).slice(0, 3)).toEqual(['Papers', 'Xen', 'QEMU and its controllers'])
  })
})

describe('a folded section', () => {
  const inForce = { valueOf: () => undefined, isIdle: () => false, lengthOf: () => 0 }
  const sentenceOf = (name: string, input: object): string => {
    const resolved = resolveScenario({ ...input })
    const section = editorSections().find(({ path }) => path[0] === name)
    if (!resolved.ok || section === undefined) throw new Error('the scenario of this test is broken')
    return sectionSentence(section, resolved.scenario, inForce)
  }

  it('says in one sentence what it holds', () => {
    expect(sentenceOf('tracking', {})).toBe('Shadow paging, 5 us a first write')
    expect(sentenceOf('guest', { guest: { memory: '2 GiB', vcpus: 2 } })).toBe('2 GiB, pages of 4 KiB, 2 vCPUs')
    expect(sentenceOf('faults', { faults: [{ at: '1 s' }] })).toBe('Link lost at 1 s')
    expect(sentenceOf('faults', { strategy: { kind: 'postcopy' }, faults: [{ phase: 'postcopy', at: '20 ms', lasts: '2 s' }, { kind: 'source-crash', phase: 'precopy' }] })).toBe('Link lost in postcopy after 20 ms for 2 s, source crashes in precopy')
    expect(sentenceOf('strategy', { strategy: { kind: 'postcopy', push: 'multi-pivot', pivots: 3, prefetch: 'ppm', preempt: true } })).toBe('Post-copy, bubbling around up to 3 pivots, PPM of order 3, 8 pages along, faults on a connection of their own')
    expect(sentenceOf('tracking', { strategy: { kind: 'postcopy' }, tracking: { trap: 'userfaultfd' } })).toContain('traps by userfaultfd')
    expect(sentenceOf('balloon', { guest: { memory: '1 GiB', freeMemory: '512 MiB' }, balloon: { kind: 'self-ballooning' } })).toBe('Self-ballooning every 5 s down to 16 MiB free')
    expect(sentenceOf('optimisations', {})).toBe('None')
    expect(sentenceOf('optimisations', { optimisations: { zeroPages: 'marker', channels: 4 } })).toBe('Zero pages as markers, 4 channels')
  })

  it('names kind and differences where it has no sentence of its own', () => {
    const section = editorSections().find(({ path }) => path[0] === 'optimisations')
    if (section === undefined) throw new Error('there is no section of optimisations')
    expect(sectionSentence(section, null, inForce)).toBe('All as by default')
    expect(sectionSentence(section, null, { ...inForce, valueOf: ({ name }) => (name === 'autoConverge' ? 'on' : undefined) })).toBe('Auto converge on')
  })
})

describe('the figures above the preview', () => {
  const resolved = resolveScenario({ guest: { memory: '16 MiB' }, strategy: { kind: 'stop-and-copy' } })
  if (!resolved.ok) throw new Error('the scenario of this test is broken')
  const stats = simulate(resolved.scenario, 1)
  const changes = (before: Partial<MigrationStats>): readonly string[] => previewFigures(stats, { ...stats, ...before }).map(({ change }) => change)

  it('say how much each changed, and from what', () => {
    expect(changes({ totalMs: stats.totalMs / 2 })[0]).toMatch(/^\+100 % from \d/)
    expect(changes({ downtimeMs: stats.downtimeMs * 2 })[1]).toMatch(/^−50 % from \d/)
    expect(changes({ totalMs: stats.totalMs / 40 })[0]).toMatch(/^40 times /)
    expect(changes({})[2]).toBe('unchanged')
    expect(changes({ downtimeMs: 0 })[1]).toBe('was 0 ns')
    expect(changes({ outcome: 'failed' })[3]).toBe('was failed')
  })

  it('say nothing of a change when there was nothing before', () => {
    expect(previewFigures(stats, null).slice(0, 3).map(({ change }) => change)).toEqual(['', '', ''])
  })
})
