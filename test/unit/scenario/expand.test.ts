import { describe, expect, test } from 'vitest'
import { sha256Hex } from '#shared/scenario/canonical.ts'
import { runIdOf } from '#shared/scenario/expand.ts'
import { canonicalScenario } from '#shared/scenario/later-fields.ts'
import { resolveScenario } from '#shared/scenario/resolve.ts'
import { repetitionSeed } from '#shared/scenario/seeds.ts'
import { modelVersion } from '#shared/sim/model-version.ts'
import { designExample, planOf, problemsOf, suiteText } from './suite-text.ts'

describe('the points of a suite', () => {
  test('are every combination, the last factor changing fastest, with values as written', () => {
    const plan = planOf(designExample)
    expect(plan.points).toHaveLength(14)
    expect(plan.points.slice(6, 8).map(({ index, factors }) => ({ index, factors }))).toEqual([
      { index: 6, factors: { 'link.bandwidth': '100 Mbit/s', 'workload.writes': '64000 pages/s' } },
      { index: 7, factors: { 'link.bandwidth': '1 Gbit/s', 'workload.writes': '1000 pages/s' } },
    ])
    expect(plan.points.slice(0, 7).map(({ scenario }) => scenario.workload.writes)).toEqual([1000, 2000, 4000, 8000, 16000, 32000, 64000])
  })

  test('are one, the base, where nothing is varied', () => {
    expect(planOf(suiteText()).points).toMatchObject([{ index: 0, factors: {} }])
  })

  test('hold the scenario that resolving the written one gives, and its hash', () => {
    const plan = planOf(suiteText('base: { workload: { kind: zipf, processes: [{ kind: uniform }] }, strategy: { policy: nova } }', 'vary: [{ field: workload.processes.0.writes, values: [7 pages/s] }, { field: strategy.stop.iterations, values: [3, off] }]'))
    const direct = resolveScenario({ workload: { kind: 'zipf', processes: [{ kind: 'uniform', writes: '7 pages/s' }] }, strategy: { policy: 'nova', stop: { iterations: 'off' } } })
    expect(plan.points[1]?.scenario).toEqual(direct.ok ? direct.scenario : direct.issues)
    expect(plan.points[1]?.scenarioHash).toBe(direct.ok ? sha256Hex(canonicalScenario(direct.scenario)) : '')
    expect(plan.points.map(({ scenario }) => scenario.strategy.stop.iterations)).toEqual([3, null])
  })

  test('change zipped fields together', () => {
    const plan = planOf(suiteText('vary:', '  - zip: [{ field: guest.vcpus, values: [1, 2, 1] }, { field: link.latency, range: { from: 1 ms, to: 3 ms, steps: 3 } }]', '  - { field: strategy.skipDirty, values: [on, off] }'))
    expect(plan.points.map(({ scenario }) => [scenario.guest.vcpus, scenario.link.latency / 1e6, scenario.strategy.skipDirty])).toEqual([
      [1, 1, true], [1, 1, false], [2, 2, true], [2, 2, false], [1, 3, true], [1, 3, false],
    ])
  })

  test('may each start from another preset, over which the base wins', () => {
    const plan = planOf(suiteText('base: { guest: { vcpus: 3 } }', 'vary: [{ field: preset, values: [lab/idle, lab/oltp-4g] }]'))
    expect(plan.points.map(({ scenario }) => [scenario.workload.kind, scenario.guest.memory / 2 ** 30, scenario.guest.vcpus])).toEqual([['idle', 1, 3], ['oltp', 4, 3]])
  })

  test('are kept only where the constraint holds, and numbered without gaps', () => {
    const plan = planOf(suiteText('constraint: link.bandwidth >= workload.writes * guest.pageSize * 8', 'vary:', '  - { field: link.bandwidth, values: [100 Mbit/s, 1 Gbit/s] }', '  - { field: workload.writes, values: [3000, 4000, 40000] }'))
    expect(plan.points.map(({ index, scenario }) => [index, scenario.link.bandwidth / 1e6, scenario.workload.writes])).toEqual([[0, 100, 3000], [1, 1000, 3000], [2, 1000, 4000]])
  })

  test('that the constraint leaves out may contradict themselves', () => {
    const lines = ['base: { guest: { memory: 64 MiB }, workload: { kind: uniform } }', 'vary: [{ field: workload.workingSet, values: [32 MiB, 128 MiB] }]']
    expect(problemsOf(suiteText(...lines))).toHaveLength(1)
    expect(planOf(suiteText(...lines, 'constraint: workload.workingSet <= guest.memory')).points).toHaveLength(1)
  })
})

describe('values of a range', () => {
  const values = (field: string, range: string): unknown[] => planOf(suiteText(`vary: [{ field: ${field}, range: { ${range} } }]`)).points.map(({ factors }) => factors[field])

  test('are evenly apart, the ends exact', () => {
    expect(values('link.latency', 'from: 0 ms, to: 1 s, steps: 5')).toEqual(['0 ns', '250 ms', '500 ms', '750 ms', '1 s'])
  })

  test('grow in equal ratios on a log scale, rounded where nobody would see it', () => {
    expect(values('workload.writes', 'from: 100, to: 10000, steps: 4, scale: log')).toEqual(['100 pages/s', '464.2 pages/s', '2154 pages/s', '10000 pages/s'])
  })

  test('may fall', () => {
    expect(values('guest.vcpus', 'from: 8, to: 2, steps: 3')).toEqual([8, 5, 2])
  })

  test('stay whole for counts, and whole pages for sizes', () => {
    expect(values('strategy.stop.iterations', 'from: 1, to: 30, steps: 4, scale: log')).toEqual([1, 3, 10, 30])
    expect(values('guest.memory', 'from: 256 MiB, to: 1 GiB, steps: 4, scale: log')).toEqual(['256 MiB', '406.375 MiB', '660560 KiB', '1 GiB'])
  })

  test('with one step are its one value', () => {
    expect(values('guest.vcpus', 'from: 4, to: 4, steps: 1')).toEqual([4])
  })
})

describe('the runs of a suite', () => {
  test('visit every point before any is repeated, and count repetitions from 1', () => {
    const { runs } = planOf(suiteText('repeat: 3', 'vary: [{ field: guest.vcpus, values: [1, 2] }]'))
    expect(runs.map(({ point, repetition }) => [repetition, point.index])).toEqual([[1, 0], [1, 1], [2, 0], [2, 1], [3, 0], [3, 1]])
  })

  test('share the seed of their repetition, derived from the seed of the suite', () => {
    const { runs } = planOf(suiteText('repeat: 2', 'seed: 9', 'vary: [{ field: guest.vcpus, values: [1, 2] }]'))
    expect(runs.map(({ seed }) => seed)).toEqual([1, 1, 2, 2].map((repetition) => repetitionSeed(9, repetition)))
  })

  test('have ids that say what goes into them, and nothing else', () => {
    const [run] = planOf(suiteText('seed: 9')).runs
    const [renamed] = planOf(suiteText('seed: 9').replace('Test', 'Other')).runs
    const [reseeded] = planOf(suiteText('seed: 10')).runs
    expect(run?.runId).toBe(runIdOf({ scenarioHash: run?.point.scenarioHash ?? '', seed: repetitionSeed(9, 1), backend: 'sim' }))
    expect(renamed?.runId).toBe(run?.runId)
    expect(reseeded?.runId).not.toBe(run?.runId)
  })

  test('keep their ids from one release to the next as long as the model stays the same', () => {
    const text = `{"backend":"sim","modelVersion":${modelVersion},"scenarioHash":"00","seed":1}`
    expect(runIdOf({ scenarioHash: '00', seed: 1, backend: 'sim' })).toBe(sha256Hex(text))
  })
})

describe('a suite that cannot be expanded', () => {
  test.each([
    [
      'a repetition of a thousand million times',
      suiteText('repeat: 1000000000'),
      'suite.yaml:3:9: repeat: the suite makes 1,000,000,000 runs (points: 1, repetitions: 1,000,000,000); at most 1,000,000 are allowed; lower repeat (1,000,000,000)',
    ],
    [
      'a range of a thousand million steps',
      suiteText('vary: [{ field: workload.writes, range: { from: 1, to: 1e6, steps: 1000000000 } }]'),
      'suite.yaml:3:8: vary[0]: the suite makes 1,000,000,000 runs (points: 1,000,000,000, repetitions: 1); at most 1,000,000 are allowed; give workload.writes fewer values (1,000,000,000)',
    ],
  ])('by %s is refused at once', (_what, text, problem) => {
    expect(problemsOf(text)).toEqual([problem])
  })

  test('counts exactly beyond what a number can hold', () => {
    const steps = 'from: 1, to: 1e6, steps: 9007199254740991'
    const text = suiteText('repeat: 9007199254740991', `vary: [{ field: workload.writes, range: { ${steps} } }]`)
    expect(problemsOf(text)[0]).toContain('81,129,638,414,606,663,681,390,495,662,081 runs')
  })

  test('names the values of a point that contradicts itself, and counts the others like it', () => {
    const text = suiteText('base: { guest: { memory: 64 MiB }, workload: { kind: uniform } }', 'vary:', '  - { field: workload.workingSet, values: [32 MiB, 65 MiB] }', '  - { field: guest.vcpus, values: [1, 2] }')
    expect(problemsOf(text)).toEqual([
      'suite.yaml:5:52: vary[0].values[1]: workload.workingSet: the working set reaches beyond the memory of the guest (at the point workload.workingSet = 65 MiB, guest.vcpus = 1; 1 more point has the same fault)',
    ])
  })

  test('names the field of the base where nothing is varied', () => {
    expect(problemsOf(suiteText('base: { guest: { memory: 10000 B } }'))[0]).toMatch(/^suite\.yaml:3:26: base\.guest\.memory: 10000 B is not a whole number of pages of 4096 B/)
  })

  test('says so if its constraint leaves nothing', () => {
    expect(problemsOf(suiteText('constraint: guest.vcpus > 1'))).toEqual(['suite.yaml:3:13: constraint: the constraint leaves no point of the suite to run'])
  })

  test('says so if two points are the same scenario', () => {
    const text = suiteText('vary:', '  - zip: [{ field: guest.vcpus, values: [1, 1] }, { field: link.latency, values: [1 ms, 1000 us] }]')
    expect(problemsOf(text)).toEqual([
      'suite.yaml:4:89: vary[0].zip[1].values[1]: the point is the same scenario as guest.vcpus = 1, link.latency = 1 ms; remove one of the two (at the point guest.vcpus = 1, link.latency = 1000 us)',
    ])
  })

  test('says so if a list has no such entry', () => {
    const text = suiteText('base: { workload: { kind: uniform, processes: [{ kind: idle }] } }', 'vary: [{ field: workload.processes.1.writes, values: [1] }]')
    expect(problemsOf(text)).toEqual(['suite.yaml:4:55: vary[0].values[0]: workload.processes[1].writes: the list in the base has no such entry to vary (at the point workload.processes.1.writes = 1)'])
  })
})
