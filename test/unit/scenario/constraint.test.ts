import { describe, expect, test } from 'vitest'
import { compileConstraint } from '#shared/scenario/constraint.ts'
import { resolveScenario, type Tree } from '#shared/scenario/resolve.ts'
import type { Scenario } from '#shared/scenario/scenario.ts'

function scenarioOf(input: Tree): Scenario {
  const resolution = resolveScenario(input)
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.issues))
  return resolution.scenario
}

const scenario = scenarioOf({
  guest: { memory: '1 GiB' },
  workload: { kind: 'hot-cold', writes: 2000, hotShare: '90 %', processes: [{ kind: 'zipf', writes: 7, workingSet: '32 MiB' }] },
  link: { bandwidth: '100 Mbit/s', latency: '300 ms' },
  strategy: { kind: 'precopy', policy: 'p.haul', skipDirty: true },
})

function holds(text: string, preset: string | null = null): boolean {
  const constraint = compileConstraint(text)
  if (!constraint.ok) throw new Error(constraint.faults.map(({ message }) => message).join('\n'))
  return constraint.test(scenario, preset)
}

function faultsOf(text: string): readonly string[] {
  const constraint = compileConstraint(text)
  return constraint.ok ? [] : constraint.faults.map(({ message, suggestion }) => (suggestion === undefined ? message : `${message}; did you mean "${suggestion}"?`))
}

const truths: ReadonlyArray<[text: string, holds: boolean]> = [
  ['link.bandwidth > workload.writes * guest.pageSize * 8', true],
  ['link.bandwidth > workload.writes * guest.pageSize * 8 and strategy.kind = precopy', true],
  ['link.bandwidth > workload.writes * guest.pageSize * 8 and strategy.kind = stop-and-copy', false],
  ['strategy.kind = stop-and-copy or strategy.kind = precopy', true],
  ['workload.kind = hot-cold', true],
  ['workload.kind == "hot-cold"', true],
  ["workload.kind != 'hot-cold'", false],
  ['strategy.policy = p.haul', true],
  ['not (workload.kind = hot-cold)', false],
  ['not (workload.kind = idle) and guest.vcpus = 1', true],
  ['link.bandwidth = "100 Mbit/s"', true],
  ['"1 Gbit/s" > link.bandwidth', true],
  ['link.bandwidth * 10 >= "1 Gbit/s"', true],
  ['workload.hotShare < "90 %"', false],
  ['workload.hotShare = 0.9', true],
  ['link.latency = "300 ms"', true],
  // Durations count in seconds: 1 GiB takes 86 s at 100 Mbit/s.
  ['guest.memory * 8 / link.bandwidth > "85 s" and guest.memory * 8 / link.bandwidth < "86 s"', true],
  ['workload.processes.0.writes + 1 = 8', true],
  ['workload.processes.0.kind = zipf', true],
  ['-workload.writes < 0', true],
  ['workload.writes - 500 - 500 = 1000', true],
  ['workload.writes % 3 = 2', true],
  ['strategy.skipDirty', true],
  ['strategy.skipDirty = on and not optimisations.autoConverge', true],
  ['optimisations.autoConverge = off', true],
  ['optimisations.zeroPages = off', true],
  ['strategy.maxRate = off', true],
  ['strategy.maxRate != off', false],
  ['strategy.maxRate > 0', false],
  ['strategy.maxRate * 2 <= 0', false],
  ['strategy.stop.iterations = 9', true],
  ['true and not false', true],
]

describe('a constraint', () => {
  test.each(truths)('%s: %s', (text, expected) => {
    expect(holds(text)).toBe(expected)
  })

  test('may speak of the preset', () => {
    expect(holds('preset = "lab/idle"', 'lab/idle')).toBe(true)
    expect(holds('preset != "lab/idle"', 'kubevirt')).toBe(true)
    expect(holds('preset = off')).toBe(true)
  })
})

const faults: ReadonlyArray<[text: string, faults: readonly string[]]> = [
  ['link.bandwith > 3', ['"link.bandwith" is neither a field nor an option; did you mean "link.bandwidth"?']],
  ['link.bandwith > 3 and guest.vcpu = 1', ['"link.bandwith" is neither a field nor an option; did you mean "link.bandwidth"?', '"guest.vcpu" is neither a field nor an option; did you mean "guest.vcpus"?']],
  ['strategy.kind = precpy', ['"precpy" is neither a field nor an option; did you mean "precopy"?']],
  ['strategy.kind = idle', ['"idle" is not an option of strategy.kind; it can be stop-and-copy, precopy, postcopy, on-demand, hybrid, three-stage, self, cold']],
  ['workload.kind = "hot-clod"', ['"hot-clod" is not an option of workload.kind; did you mean "hot-cold"?']],
  ['bandwidth > 3', ['"bandwidth" is neither a field nor an option; did you mean "link.bandwidth"?']],
  ['link > 3', ['"link" is neither a field nor an option; write a path such as link.bandwidth, or a quantity in quotes']],
  ['link.bandwidth', ['it is no condition; compare something, as in link.bandwidth > "100 Mbit/s"']],
  ['link.bandwidth > "3 MiB"', ['"MiB" is not a unit of bits per second; use one of bit/s, kbit/s, Mbit/s, Gbit/s, Tbit/s, Kibit/s, Mibit/s, Gibit/s, Tibit/s, as in 1 Gbit/s']],
  ['guest.vcpus > "3"', ['"3" is not a quantity; a plain number is expected, without quotes']],
  ['workload.kind > 3', ['workload.kind is not a number']],
  ['link.bandwidth > 3 Mbit', ['"Mbit" is neither a field nor an option; write a path such as link.bandwidth, or a quantity in quotes']],
  ['guest.vcpus > 1 guest.vcpus < 3', ['two parts of the condition stand side by side; join them with and, or, or an operator']],
  ['not guest.vcpus = 1', ['"not" needs a condition; put it in parentheses, as in not (a = b)']],
  ['guest.vcpus and true', ['"and" joins conditions; one side of it is none']],
  ['1 < guest.vcpus < 3', ['a condition is not a number']],
  ['guest.vcpus | 1', ['the operator | is not allowed; allowed are = != < <= > >= + - * / % and or not']],
  ['[guest.vcpus] = 1', ['only comparisons, arithmetic, and, or, not and parentheses are allowed']],
  ['', ['the condition is empty']],
  ['(guest.vcpus = 1', ['the condition cannot be read: unclosed (']],
  ['$0 = 1', ['"$" has no meaning in a condition']],
]

describe('a faulty constraint', () => {
  test.each(faults)('%s', (text, expected) => {
    expect(faultsOf(text)).toEqual(expected)
  })

  test('cannot call anything', () => {
    expect(faultsOf('guest.vcpus.constructor("x")')).toHaveLength(1)
    expect(faultsOf('(guest.vcpus)(1)')).toEqual(['only comparisons, arithmetic, and, or, not and parentheses are allowed'])
  })

  test('of nothing but parentheses is a fault, not a crash', () => {
    expect(faultsOf('('.repeat(2000))).toHaveLength(1)
  })
})
