// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest'
import { nextSort, selectedAfter } from '../../../src-renderer/components/table/columns.ts'
import { groupsAsCsv, runsAsCsv } from '../../../src-renderer/features/results/export-rows.ts'
import { groupRows } from '../../../src-renderer/features/results/groups.ts'
import { orderGroups, orderRows } from '../../../src-renderer/features/results/order-rows.ts'
import { columnsFor, fixed } from '../../../src-renderer/features/results/result-columns.ts'
import { changeInWords } from '../../../src-renderer/features/results/run-differences.ts'
import { scenarioDifferences, scenarioLines } from '../../../src-renderer/features/results/scenario-lines.ts'
import { fillScenario } from '#shared/scenario/resolve.ts'
import { runRow } from './rows.ts'

const slowLink = { 'link.bandwidth': '100 Mbit/s' }
const rows = [
  runRow({ runId: 'a', totalMs: 3000, downtimeMs: 10 }),
  runRow({ runId: 'b', totalMs: 9000, downtimeMs: 20, factors: slowLink }),
  runRow({ runId: 'c', totalMs: 5000, downtimeMs: 30, factors: slowLink }),
  runRow({ runId: 'd', outcome: 'crashed', totalMs: 0 }),
]
const columns = columnsFor(rows, ['link.bandwidth'])
const column = (key: string) => columns.filter((candidate) => candidate.key === key)

describe('rows of results', () => {
  test('are sorted by the size of a quantity, not by its spelling, and what has no value comes last', () => {
    const order = (key: string, descending: boolean) => orderRows(rows, { key, descending }, columns).map(({ runId }) => runId).join('')
    expect([order('link.bandwidth', false), order('totalMs', false), order('totalMs', true)]).toEqual(['bcad', 'acbd', 'bcad'])
  })

  test('show the unit in the header and as many decimals in every cell', () => {
    const [total] = column('totalMs')
    expect([total?.unit, ...rows.map((row) => total?.text({ kind: 'run', row }))]).toEqual(['s', '3.000', '9.000', '5.000', '–'])
    expect(fixed(0.00012, 3)).toBe('0.00012')
  })

  test('are grouped in the order of the factor, with the mean of those that count', () => {
    const groups = groupRows([...rows, runRow({ runId: 'e', totalMs: 1e6, exclusion: 'the cable was loose' })], 'link.bandwidth', new Set())
    expect(groups.map(({ label, rows: inside, counted }) => [label, inside.length, counted.length])).toEqual([['100 Mbit/s', 2, 2], ['1 Gbit/s', 3, 1]])
    const [total] = column('totalMs')
    expect(groups.map((group) => total?.text({ kind: 'group', group }))).toEqual(['7.0000 ± 25.4124', '3.0000'])
    expect(orderGroups(groups, { key: 'totalMs', descending: false }, columns).map(({ label }) => label)).toEqual(['1 Gbit/s', '100 Mbit/s'])
  })

  test('are exported as they are shown, with the unit in the head', () => {
    const shown = [...column('run'), ...column('link.bandwidth'), ...column('totalMs')]
    expect(runsAsCsv(rows.slice(1), shown)).toBe('Run,link.bandwidth,Total migration time (s)\r\nb,100 Mbit/s,9\r\nc,100 Mbit/s,5\r\nd,1 Gbit/s,\r\n')
    const [, fast] = groupsAsCsv(groupRows(rows, 'link.bandwidth', new Set()), 'link.bandwidth', shown).split('\r\n').slice(1)
    expect(fast).toBe('1 Gbit/s,2,1,3,')
  })
})

describe('a table', () => {
  test('sorts up, then down, then as it came', () => {
    const up = nextSort(null, 'totalMs')
    const down = nextSort(up, 'totalMs')
    expect([up, down, nextSort(down, 'totalMs')]).toEqual([{ key: 'totalMs', descending: false }, { key: 'totalMs', descending: true }, null])
  })

  test('selects one, adds one, and extends from where the last began', () => {
    const keys = ['a', 'b', 'c', 'd']
    const after = (gesture: 'only' | 'toggle' | 'range', target: string, selected: readonly string[], anchor: string | null) => [...selectedAfter({ keys, selected: new Set(selected), anchor, target, gesture })]
    expect(after('only', 'b', ['a', 'c'], 'a')).toEqual(['b'])
    expect(after('toggle', 'b', ['a'], 'a')).toEqual(['a', 'b'])
    expect(after('toggle', 'a', ['a', 'b'], 'a')).toEqual(['b'])
    expect(after('range', 'a', ['c'], 'c')).toEqual(['a', 'b', 'c'])
  })
})

describe('a scenario in lines', () => {
  const filled = fillScenario({ link: { bandwidth: '250 Mbit/s' } })
  const scenario: Readonly<Record<string, unknown>> = filled.ok ? { ...filled.scenario } : {}

  test('marks what differs from the defaults', () => {
    expect(scenarioLines(scenario).filter(({ defaultValue }) => defaultValue !== null).map(({ path, value }) => [path, value])).toEqual([['link.bandwidth', '250 Mbit/s']])
  })

  test('says in which fields two scenarios differ', () => {
    const other = fillScenario({ link: { bandwidth: '1 Gbit/s' }, guest: { vcpus: 2 } })
    expect(scenarioDifferences(scenario, other.ok ? { ...other.scenario } : {})).toEqual([{ path: 'guest.vcpus', one: '1', other: '2' }, { path: 'link.bandwidth', one: '250 Mbit/s', other: '1 Gbit/s' }])
  })

  test('says how much a metric changed', () => {
    expect([changeInWords(200, 100), changeInWords(3, 4), changeInWords(0, 4)]).toEqual(['−50.0 %', '+33.3 %', 'from none'])
  })
})
