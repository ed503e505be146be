import { describe, expect, it } from 'vitest'
import { describeField, editorSections, fieldProblem, type FieldDescription, labelOf, rangeText, sameValue, type SectionDescription, whyIdle } from '#shared/scenario/editor-model.ts'
import { fieldPaths, parseFieldPath } from '#shared/scenario/field-index.ts'
import { scenarioSchema } from '#shared/scenario/scenario.ts'

const field = (path: string): FieldDescription => {
  const found = describeField(parseFieldPath(path))
  if (found === undefined) throw new Error(`there is no field ${path}`)
  return found
}

const pathsOf = (section: SectionDescription): string[] => [
  ...section.fields.map(({ path }) => path.join('.')),
  ...section.sections.flatMap(pathsOf),
  ...section.lists.flatMap((list) => pathsOf(list.item(0))),
]

describe('the description of a scenario for editors', () => {
  it('has every section of the schema in its order', () => {
    expect(editorSections().map(({ path }) => path[0])).toEqual(Object.keys(scenarioSchema.shape))
  })

  it('reaches every field of the schema exactly once, whatever is added to it', () => {
    expect(editorSections().flatMap(pathsOf).sort()).toEqual([...fieldPaths()].sort())
  })

  it('makes readable labels from field names', () => {
    expect(['writeFault', 'timeoutPerGiB', 'vcpus', 'memory', 'sentGrowthAtMaxRate'].map(labelOf)).toEqual(['Write fault', 'Timeout per GiB', 'vCPUs', 'Memory', 'Sent growth at max rate'])
  })

  it('offers the units of the dimension, and none for a plain number', () => {
    expect(field('link.bandwidth').units).toContain('Gbit/s')
    expect(field('guest.vcpus').units).toEqual([])
  })

  it('says the range of a field in its units', () => {
    expect(rangeText(field('guest.memory'))).toBe('4 KiB to 64 TiB')
    expect(rangeText(field('strategy.minRate'))).toBe('at least 1 kbit/s, or off')
  })

  it('explains a value that the schema refuses, and accepts one that it allows', () => {
    expect(fieldProblem(field('link.bandwidth'), '5 parsecs')).toContain('"parsecs" is not a unit')
    expect(fieldProblem(field('guest.memory'), '1 KiB')).toContain('below the smallest allowed value, 4 KiB')
    expect(fieldProblem(field('strategy.kind'), 'poscopy')).toContain('not one of')
    expect(fieldProblem(field('link.bandwidth'), '10 Gbit/s')).toBeNull()
  })

  it('takes different spellings of a quantity for the same, and nothing for the default', () => {
    expect(sameValue(field('guest.memory'), '1024 MiB', '1 GiB')).toBe(true)
    expect(sameValue(field('guest.memory'), '800 MiB', undefined)).toBe(true)
    expect(sameValue(field('guest.memory'), '801 MiB', undefined)).toBe(false)
    expect(sameValue(field('guest.memory'), 'plenty', 'plenty')).toBe(false)
  })

  it('finds which field decides whether another is read: the kind beside it, or the strategy', () => {
    expect(field('workload.exponent').appliesTo?.ruler).toEqual(['workload', 'kind'])
    expect(field('workload.processes.3.exponent').appliesTo?.ruler).toEqual(['workload', 'processes', 3, 'kind'])
    expect(field('strategy.stop.iterations').appliesTo?.ruler).toEqual(['strategy', 'kind'])
    expect(field('optimisations.autoConverge').appliesTo?.ruler).toEqual(['strategy', 'kind'])
  })

  it('says in a sentence why a field is not read, and nothing of one that is', () => {
    expect(whyIdle(field('workload.exponent'), () => 'uniform')).toBe('Read only if workload kind is zipf or oltp; here it is uniform.')
    expect(whyIdle(field('workload.exponent'), () => 'zipf')).toBeNull()
    expect(whyIdle(field('guest.memory'), () => 'zipf')).toBeNull()
  })

  it('names an entry of a list by its number', () => {
    const [list] = editorSections().find(({ path }) => path[0] === 'workload')?.lists ?? []
    expect(list?.item(1).label).toBe('Process 2')
    expect(list?.itemLabel).toBe('Process')
  })
})
