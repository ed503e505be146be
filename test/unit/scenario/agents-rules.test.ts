import { describe, expect, test } from 'vitest'
import { agentsProblems } from '#shared/scenario/agents-rules.ts'
import type { ScenarioInput } from '#shared/scenario/scenario.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'
import { planOf, problemsOf, suiteText } from './suite-text.ts'

const idle = { workload: { kind: 'idle' } } as const
const pathsOf = (input: ScenarioInput): string[] => agentsProblems(scenarioOf({ ...idle, ...input })).map(({ path }) => path.join('.'))

describe('what agents cannot do', () => {
  test.each<[string, ScenarioInput, string[]]>([
    ['cold migration', { strategy: { kind: 'cold' } }, ['strategy.kind']],
    ['a disk', { disk: { kind: 'local' } }, ['disk.kind']],
    ['several guests', { fleet: { guests: 3 } }, ['fleet.guests']],
    ['more than 16 GiB', { guest: { memory: `${16 * 2 ** 30 + 4096} B` } }, ['guest.memory']],
    ['less than 1 MiB', { guest: { memory: `${2 ** 20 - 4096} B`, nonPageable: '0 B' } }, ['guest.memory']],
    ['pages above 2 MiB', { guest: { memory: '1 GiB', pageSize: '4 MiB' } }, ['guest.pageSize']],
    ['all at once', { strategy: { kind: 'cold' }, disk: { kind: 'local' }, fleet: { guests: 2 } }, ['strategy.kind', 'disk.kind', 'fleet.guests']],
  ])('%s is named with its field', (_what, input, paths) => {
    expect(pathsOf(input)).toEqual(paths)
  })

  test.each<[string, ScenarioInput]>([
    ['16 GiB', { guest: { memory: '16 GiB' } }],
    ['1 MiB', { guest: { memory: '1 MiB', nonPageable: '0 B' } }],
    ['pages of 2 MiB', { guest: { memory: '1 GiB', pageSize: '2 MiB' } }],
    ['a trace', { guest: { memory: '1 GiB' }, workload: { kind: 'trace', trace: 'sort', workingSet: '16 MiB' } }],
    ['pages that cannot be mapped', { guest: { unmapped: '1 %' } }],
    ['a lost link', { faults: [{ kind: 'link-loss', at: '1 s', lasts: '1 s' }] }],
    ...(['stop-and-copy', 'precopy', 'postcopy', 'hybrid', 'three-stage', 'on-demand', 'self'] as const).map((kind): [string, ScenarioInput] => [kind, { strategy: { kind } }]),
  ])('%s is no problem', (_what, input) => {
    expect(pathsOf(input)).toEqual([])
  })

  test('says how to mend it', () => {
    expect(agentsProblems(scenarioOf({ ...idle, guest: { memory: '32 GiB' } }))).toEqual([
      { path: ['guest', 'memory'], message: 'agents cannot hold a guest of 32 GiB: its memory is real; give it at most 16 GiB, or take agents out of backends', backend: 'agents' },
    ])
  })
})

describe('a suite that names agents', () => {
  test('is refused where agents cannot run its base', () => {
    expect(problemsOf(suiteText('base:', '  workload: { kind: idle }', '  strategy: { kind: cold }', 'backends: [sim, agents]'))).toEqual([
      'suite.yaml:5:21: base.strategy.kind: agents cannot migrate cold: they hold no files of a guest; choose another strategy, or take agents out of backends',
    ])
  })

  test('is refused where agents cannot run one of its points, and says which', () => {
    const [problem, ...others] = problemsOf(suiteText('base: { workload: { kind: idle } }', 'vary: [{ field: guest.memory, values: [1 GiB, 32 GiB, 64 GiB] }]', 'backends: [agents]'))
    expect(problem).toContain('suite.yaml:4:47: vary[0].values[1]: guest.memory: agents cannot hold a guest of 32 GiB')
    expect(problem).toContain('1 more point has the same fault')
    expect(others).toEqual([])
  })

  test('is not refused for what only the simulator is to run', () => {
    expect(problemsOf(suiteText('base: { workload: { kind: idle }, strategy: { kind: cold }, guest: { memory: 1 TiB } }', 'backends: [sim]'))).toEqual([])
  })

  test('plans a run of each backend at each point, with ids of their own', () => {
    const { runs } = planOf(suiteText('backends: [sim, agents]', 'repeat: 2', 'vary: [{ field: guest.vcpus, values: [1, 2] }]'))
    expect(runs.map(({ backend, point, repetition }) => `${backend} ${point.index} ${repetition}`)).toEqual(['sim 0 1', 'sim 1 1', 'agents 0 1', 'agents 1 1', 'sim 0 2', 'sim 1 2', 'agents 0 2', 'agents 1 2'])
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(8)
  })
})
