import { describe, expect, test } from 'vitest'
import { completions, compileFilter } from '#shared/analysis/filter.ts'
import { rowFields } from '#shared/analysis/row-fields.ts'
import type { RunRow } from '#shared/rpc/app-contract.ts'
import { fillScenario } from '#shared/scenario/resolve.ts'
import { runRow } from '../../renderer/results/rows.ts'

const slow = runRow({ runId: 'a1', downtimeMs: 450, factors: { 'link.bandwidth': '1 Gbit/s', 'workload.kind': 'zipf', 'guest.memory': '2 GiB' }, tags: ['slow', 'to-do'], cpuThrottlePercent: 7 })
const quick = runRow({ runId: 'b2', downtimeMs: 90, factors: { 'link.bandwidth': '100 Mbit/s', 'workload.kind': 'hot-cold', 'guest.memory': '512 MiB' }, suite: 'Another name' })
const failed = runRow({ runId: 'c3', outcome: 'failed', downtimeMs: 300, exclusion: 'the cable was loose', factors: { 'link.bandwidth': '1 Gbit/s', 'workload.kind': 'idle', 'guest.memory': '1 GiB' } })
const rows = [slow, quick, failed]

function kept(text: string, of: readonly RunRow[] = rows): readonly string[] {
  const filter = compileFilter(text, rowFields(rows))
  if (!filter.ok) throw new Error(filter.message)
  return of.filter(filter.test).map(({ runId }) => runId)
}

const cases: ReadonlyArray<readonly [text: string, runs: readonly string[]]> = [
  ['', ['a1', 'b2', 'c3']],
  ['backend = sim and downtimeMs > 300 and workload.kind = zipf', ['a1']],
  ['downtimeMs >= 300', ['a1', 'c3']],
  ['downtimeMs > 300 ms', ['a1']],
  ['downtimeMs > 0.3 s', ['a1']],
  ['downtimeMs>0.3s', ['a1']],
  ['downtimeMs = "300 ms"', ['c3']],
  ['guest.memory >= 1 GiB', ['a1', 'c3']],
  ['guest.memory = 512 MiB', ['b2']],
  ['guest.memory < 2g and guest.memory > 512 MiB', ['c3']],
  ['link.bandwidth = 1 Gbit/s', ['a1', 'c3']],
  ['link.bandwidth = 1 Gbit/s and not (outcome = failed)', ['a1']],
  ['workload.kind in (zipf, idle)', ['a1', 'c3']],
  ['workload.kind in (zipf)', ['a1']],
  ['workload.kind not in (zipf, idle)', ['b2']],
  ['guest.memory in (512 MiB, 2 GiB)', ['a1', 'b2']],
  ['workload.kind = hot-cold or tag = slow', ['a1', 'b2']],
  ['tag = to-do', ['a1']],
  ['tag != slow', ['b2', 'c3']],
  ['tag ~ "SLO"', ['a1']],
  ['tag in (slow, other)', ['a1']],
  ['tag = off', ['b2', 'c3']],
  ['name ~ "another"', ['b2']],
  ['name !~ "another"', ['a1', 'c3']],
  ['excluded', ['c3']],
  ['not excluded and downtimeMs < 100', ['b2']],
  ['exclusion ~ cable', ['c3']],
  ['outcome = failed', ['c3']],
  ['cpuThrottlePercent = 7', ['a1']],
  ['cpuThrottlePercent = 7 %', ['a1']],
  ['downtimeMs / 2 > 200', ['a1']],
  ['downtimeMs > totalMs / 20', []],
  ['(tag = slow or workload.kind = idle) and downtimeMs < 400', ['c3']],
]

describe('a filter', () => {
  test.each(cases)('%s', (text, runs) => {
    expect(kept(text)).toEqual(runs)
  })

  test('finds no number in a run that crashed', () => {
    const crashed = runRow({ runId: 'd4', outcome: 'crashed', downtimeMs: 0 })
    expect(kept('downtimeMs < 1000', [crashed])).toEqual([])
    expect(kept('outcome = crashed', [crashed])).toEqual(['d4'])
  })

  test('may ask for fields that were not varied, where the scenario is known', () => {
    const filled = fillScenario({ guest: { memory: '1 GiB' }, strategy: { kind: 'precopy' } })
    const scenario = filled.ok ? filled.scenario : undefined
    const fields = rowFields(rows, { scenarioOf: (row) => (row === slow ? scenario : undefined) })
    const filter = compileFilter('strategy.kind = precopy', fields)
    expect(filter.ok && rows.filter(filter.test)).toEqual([slow])
  })
})

const faults: ReadonlyArray<readonly [text: string, message: string, position: number]> = [
  ['downtimMs > 3', '"downtimMs" is neither a metric nor a field of these runs; did you mean "downtimeMs"?', 0],
  ['backend = sim and workload.knd = zipf', '"workload.knd" is neither a metric nor a field of these runs; did you mean "workload.kind"?', 18],
  ['workload.kind = zpif', '"zpif" is not an option of workload.kind; did you mean "zipf"?', 16],
  ['bandwidth > 3', '"bandwidth" is neither a metric nor a field of these runs; did you mean "link.bandwidth"?', 0],
  ['downtimeMs > 3 GiB', '"GiB" is not a unit of nanoseconds; use one of h, min, s, ms, us, µs, μs, ns, as in 300 ms.', 13],
  ['downtimeMs > slow', '"slow" is neither a metric nor a field of these runs; write a name such as downtimeMs, and a text of several words in quotes.', 13],
  ['(downtimeMs > 3', 'The condition cannot be read: unclosed (.', 15],
  ['downtimeMs', 'It is no condition; compare something, as in link.bandwidth > "100 Mbit/s".', 0],
  ['downtimeMs > 3 totalMs < 4', 'Two parts of the condition stand side by side; join them with and, or, or an operator.', 0],
  ['downtimeMs ~ slow and', 'The condition cannot be read: expected expression after and.', 21],
  ['constructor = 3', '"constructor" is neither a metric nor a field of these runs; write a name such as downtimeMs, and a text of several words in quotes.', 0],
]

describe('a faulty filter', () => {
  test.each(faults)('%s', (text, message, position) => {
    expect(compileFilter(text, rowFields(rows))).toEqual({ ok: false, message, position })
  })

  test('cannot call anything', () => {
    expect(compileFilter('downtimeMs.constructor("x")', rowFields(rows)).ok).toBe(false)
    expect(compileFilter('(name)(1) = 1', rowFields(rows)).ok).toBe(false)
  })

  test('of ten thousand parentheses is a fault, not a crash', () => {
    expect(compileFilter('('.repeat(10_000), rowFields(rows)).ok).toBe(false)
  })
})

function offered(text: string): readonly string[] {
  return completions(text, text.length, rowFields(rows)).items.map((item) => item.text)
}

describe('completion', () => {
  test('offers names at the beginning, and those that begin with the word first', () => {
    expect(offered('down')[0]).toBe('downtimeMs')
    expect(offered('')).toContain('backend')
    expect(offered('backend = sim and work')).toEqual(['workload.kind'])
  })

  test('offers the comparisons that fit a name', () => {
    expect(offered('downtimeMs ')).toEqual(['>', '<', '>=', '<=', '=', '!='])
    expect(offered('tag ')).toEqual(['=', '!=', '~', 'in ('])
  })

  test('offers values after a comparison, quoted where they need it', () => {
    expect(offered('outcome = fa')).toEqual(['failed'])
    expect(offered('tag in (slow, ')).toEqual(['slow', '"to-do"'].map((text) => text.replaceAll('"', '')))
    expect(offered('name = ')).toEqual(['Bandwidth', '"Another name"'])
    expect(offered('link.bandwidth = ')).toEqual(['1 Gbit/s', '100 Mbit/s'])
  })

  test('offers joints and units after a value', () => {
    expect(offered('downtimeMs > 300 ')).toEqual(['and', 'or', 's', 'ms', 'us', 'ns'])
    expect(offered('outcome = failed ')).toEqual(['and', 'or'])
  })

  test('replaces the word before the caret only', () => {
    expect(completions('backend = si', 12, rowFields(rows)).from).toBe(10)
  })
})
