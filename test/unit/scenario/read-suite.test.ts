import { describe, expect, test } from 'vitest'
import { readSuite } from '#shared/scenario/read-suite.ts'
import { designExample, problemsOf, suiteOf, suiteText } from './suite-text.ts'

/** A file and every line that is printed of it. */
const golden: ReadonlyArray<[fault: string, text: string, problems: readonly string[]]> = [
  ['an unknown field', suiteText('base:', '  link: { bandwidht: 1 Gbit/s }'), ['suite.yaml:4:11: base.link.bandwidht: unknown field; did you mean "bandwidth"?']],
  [
    'an unknown field like no other',
    suiteText('base: { destination: { colour: red } }'),
    ['suite.yaml:3:24: base.destination.colour: unknown field; the fields here are freeMemory'],
  ],
  ['a field in the wrong section', suiteText('base: { bandwidth: 1 Gbit/s }'), ['suite.yaml:3:9: base.bandwidth: unknown field; did you mean "link.bandwidth"?']],
  ['an unknown field of the suite', suiteText('repeats: 3'), ['suite.yaml:3:1: repeats: unknown field; did you mean "repeat"?']],
  ['a negative memory', suiteText('base: { guest: { memory: -5 MiB } }'), ['suite.yaml:3:26: base.guest.memory: -5 MiB is below the smallest allowed value, 4 KiB']],
  ['a bandwidth of zero', suiteText('base: { link: { bandwidth: 0 Mbit/s } }'), ['suite.yaml:3:28: base.link.bandwidth: 0 bit/s is below the smallest allowed value, 1 bit/s']],
  [
    'a unit of another dimension',
    suiteText('base: { link: { latency: 3 MiB } }'),
    ['suite.yaml:3:26: base.link.latency: "MiB" is not a unit of nanoseconds; use one of h, min, s, ms, us, µs, μs, ns, as in 300 ms'],
  ],
  [
    'a misspelt unit',
    suiteText('base: { workload: { writes: 5 pges/s } }'),
    ['suite.yaml:3:29: base.workload.writes: "pges/s" is not a unit of pages per second; use one of pages/s, page/s, kpages/s, Mpages/s, as in 2000 pages/s; did you mean "5 pages/s"?'],
  ],
  ['a bare number', suiteText('base: { guest: { memory: 512 } }'), ['suite.yaml:3:26: base.guest.memory: "512" has no unit; write for example 512 MiB']],
  [
    'a misspelt option',
    suiteText('base: { tracking: { mechanism: shadwo } }'),
    ['suite.yaml:3:32: base.tracking.mechanism: "shadwo" is not one of shadow, hap, pml, dirty-ring, soft-dirty; did you mean "shadow"?'],
  ],
  [
    'a backend that a later version brings',
    suiteText('backends: [sim, qemu]'),
    ['suite.yaml:3:17: backends[1]: "qemu" is part of the format, but this version cannot run it yet: a later version brings QEMU'],
  ],
  [
    'an option that every object has',
    suiteText('base: { tracking: { mechanism: constructor }, preset: toString }', 'backends: [valueOf]'),
    [
      'suite.yaml:3:32: base.tracking.mechanism: "constructor" is not one of shadow, hap, pml, dirty-ring, soft-dirty',
      'suite.yaml:3:55: base.preset: there is no preset "toString"; "godwit presets" lists them',
      'suite.yaml:4:12: backends[0]: "valueOf" is not one of sim, agents',
    ],
  ],
  ['an unknown preset', suiteText('base: { preset: lab/idel }'), ['suite.yaml:3:17: base.preset: there is no preset "lab/idel"; did you mean "lab/idle"?']],
  [
    'zipped fields of unequal length',
    suiteText('vary:', '  - zip: [{ field: guest.vcpus, values: [1, 2] }, { field: link.latency, values: [1 ms] }]'),
    ['suite.yaml:4:10: vary[0].zip: fields that change together need equally many values: guest.vcpus has 2, link.latency has 1'],
  ],
  ['empty values', suiteText('vary: [{ field: link.latency, values: [] }]'), ['suite.yaml:3:39: vary[0].values: the list is empty; write at least one value']],
  [
    'a field that is varied twice',
    suiteText('vary:', '  - { field: link.latency, values: [1 ms] }', '  - { field: link.latency, values: [2 ms] }'),
    ['suite.yaml:5:14: vary[1].field: "link.latency" is varied twice, first in line 4; put all of its values into one factor'],
  ],
  [
    'equal values in other words',
    suiteText('vary: [{ field: link.latency, values: [1 ms, 1000 us] }]'),
    ['suite.yaml:3:46: vary[0].values[1]: the value is the same as value 1 of the list; remove one of the two'],
  ],
  ['a misspelt field to vary', suiteText('vary: [{ field: link.latenzy, values: [1 ms] }]'), ['suite.yaml:3:17: vary[0].field: "link.latenzy" is not a field of a scenario; did you mean "link.latency"?']],
  ['a factor without values', suiteText('vary: [{ field: link.latency }]'), ['suite.yaml:3:8: vary[0]: "link.latency" has no values; write values: [...] or range: { from, to, steps }']],
  [
    'a value that its field refuses',
    suiteText('vary: [{ field: guest.vcpus, values: [1, 0, 1.5] }]'),
    ['suite.yaml:3:42: vary[0].values[1]: 0 is below the smallest allowed value, 1', 'suite.yaml:3:45: vary[0].values[2]: 1.5 is not a whole number'],
  ],
  [
    'a range that reaches below what is allowed',
    suiteText('vary: [{ field: link.latency, range: { from: 1 ms, to: -1 ms, steps: 3 } }]'),
    ['suite.yaml:3:56: vary[0].range.to: -1 ms is below the smallest allowed value, 0 ns'],
  ],
  [
    'a log range from zero',
    suiteText('vary: [{ field: link.latency, range: { from: 0 ms, to: 1 ms, steps: 3, scale: log } }]'),
    ['suite.yaml:3:79: vary[0].range.scale: a log range needs both ends above zero'],
  ],
  [
    'more steps than whole numbers',
    suiteText('vary: [{ field: guest.vcpus, range: { from: 1, to: 3, steps: 7 } }]'),
    ['suite.yaml:3:62: vary[0].range.steps: the range has not that many different values: 1 comes twice; use fewer steps'],
  ],
  [
    'a range over a choice',
    suiteText('vary: [{ field: workload.kind, range: { from: 1, to: 3, steps: 3 } }]'),
    ['suite.yaml:3:39: vary[0].range: a range needs a field with numbers, and workload.kind has none; write values: [...]'],
  ],
  ['a constraint with an unknown name', suiteText('constraint: link.bandwith > 3'), ['suite.yaml:3:13: constraint: "link.bandwith" is neither a field nor an option; did you mean "link.bandwidth"?']],
  ['broken YAML', suiteText('base: [', 'vary: 3'), ['suite.yaml:4:1: broken YAML: flow sequence in block collection must be sufficiently indented and end with a ]']],
  [
    'fields that are written twice',
    suiteText('name: Again', 'base: { link: { latency: 1 ms, latency: 2 ms } }'),
    ['suite.yaml:3:1: the field "name" is written twice; keep one of the two', 'suite.yaml:4:32: the field "latency" is written twice; keep one of the two'],
  ],
  ['an empty file', '', ['suite.yaml:1:1: a suite is a set of fields such as godwit, name and base; the file is empty']],
  ['a list', '- 1', ['suite.yaml:1:1: a suite is a set of fields such as godwit, name and base; the file holds a list']],
  ['a file without version', 'name: Test', ['suite.yaml:1:1: godwit: the version of the format is missing; write godwit: 1 at the top of the file']],
  [
    'a file of a newer version',
    'name: Test\ngodwit: 2\nbrandNew: yes',
    ['suite.yaml:2:9: godwit: the file was written by a newer version of Godwit (format 2; this version reads up to 1); update Godwit to read it'],
  ],
  ['a key that could reach into the program', suiteText('base: { __proto__: { link: { bandwidth: 3 } } }'), ['suite.yaml:3:9: unknown field "__proto__"']],
  ['a list for the name of a field', suiteText('base: { ? [link] : 3 }'), ['suite.yaml:3:11: the name of a field must be plain text']],
  ['two documents in one file', `${suiteText()}\n---\n${suiteText()}`, ['suite.yaml:3:1: the file holds more than one document; write each suite into a file of its own']],
  ['a figure without kind', suiteText('figures: [{ title: x }]'), ['suite.yaml:3:11: figures[0].kind: missing: the kind of the figure is expected, as text']],
]

describe('a faulty suite file', () => {
  test.each(golden)('with %s says what is wrong and where', (_fault, text, problems) => {
    expect(problemsOf(text)).toEqual(problems)
  })

  test('reports every problem at once, in the order of the file', () => {
    const text = suiteText('base:', '  guest: { memory: -1 MiB, vcpus: 1.5 }', '  workload: { kind: hot-clod }', 'vary: [{ field: nothing, values: [1] }]', 'repeat: 0', 'seed: 1.5', 'constraint: a > 1')
    expect(problemsOf(text).map((line) => line.split(':')[1])).toEqual(['4', '4', '5', '6', '7', '8', '9'])
  })

  test('gives a program the parts of a problem apart', () => {
    const read = readSuite(suiteText('base: { tracking: { mechanism: shadwo } }'), 'suite.yaml')
    expect(read.ok ? [] : read.problems).toEqual([
      {
        file: 'suite.yaml',
        line: 3,
        column: 32,
        field: 'base.tracking.mechanism',
        found: 'shadwo',
        allowed: 'shadow, hap, pml, dirty-ring, soft-dirty',
        suggestion: 'shadow',
        message: '"shadwo" is not one of shadow, hap, pml, dirty-ring, soft-dirty',
      },
    ])
  })

  test('whose aliases would make gigabytes of a few lines is refused', () => {
    const level = (name: string, below: string): string => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${below}`).join(',')}]`
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1,1]', level('b', 'a'), level('c', 'b'), level('d', 'c'), level('e', 'd')].join('\n')
    expect(problemsOf(bomb)).toEqual(['suite.yaml:1:1: the aliases (*name) of the file would blow it up beyond measure; write the parts out'])
  })

  test.each([
    ['lists', `godwit: 1\nname: Test\nbase: ${'['.repeat(20_000)}`],
    ['sections', `{${'"a":{'.repeat(20_000)}${'}'.repeat(20_000)}}`],
  ])('of %s nested beyond all measure gives one problem, not a crash', (_what, text) => {
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('nested too deeply')
  })
})

describe('a good suite file', () => {
  test('is read as the design document shows it', () => {
    const suite = suiteOf(designExample)
    expect(suite).toMatchObject({ name: 'Bandwidth against dirtying rate', preset: 'clark-2005/specweb99', repeat: 10, seed: 42, backends: ['sim'] })
    expect(suite.factors.map(({ size }) => size)).toEqual([2, 7])
    expect(suite.base['preset']).toBeUndefined()
  })

  test('may leave out all but version and name', () => {
    expect(suiteOf(suiteText())).toMatchObject({ preset: null, base: {}, factors: [], constraint: null, repeat: 1, seed: 1, backends: ['sim'], figures: [] })
  })

  test('may be JSON indented with tabs', () => {
    expect(suiteOf(JSON.stringify({ godwit: 1, name: 'Test', base: { link: { latency: '1 ms' } } }, null, '\t')).base).toEqual({ link: { latency: '1 ms' } })
  })

  test('passes its figures on as they are', () => {
    const figures = [{ kind: 'bars', metric: 'downtimeMs', size: { columns: 2 } }]
    expect(suiteOf(suiteText(`figures: ${JSON.stringify(figures)}`)).figures).toEqual(figures)
  })

  test('may repeat a part by an alias', () => {
    const plain = suiteOf(suiteText('base: { workload: { kind: uniform, processes: [{ kind: zipf }, { kind: zipf }] } }'))
    const aliased = suiteOf(suiteText('base: { workload: { kind: uniform, processes: [&p { kind: zipf }, *p] } }'))
    expect(aliased.base).toEqual(plain.base)
  })
})
