import { describe, expect, test } from 'vitest'
import { agentsRunSeconds, estimateSuite, simulationCosts } from '#shared/sim/estimate.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { planOf, suiteText } from '../scenario/suite-text.ts'

function fail(): never {
  throw new Error('the suite has no point')
}

const estimateOf = (...lines: readonly string[]) => estimateSuite(planOf(suiteText(...lines)))

describe('the estimate of a suite', () => {
  test('of an idle guest is its memory once, at the speed of the link', () => {
    const estimate = estimateOf('base: { guest: { memory: 1 GiB }, workload: { kind: idle }, link: { bandwidth: 1 Gbit/s } }')
    expect(estimate.simulatedBytes).toBe(2 ** 30)
    expect(estimate.virtualSeconds).toBeCloseTo((2 ** 30 * 8) / 1e9, 9)
  })

  test('of stop-and-copy is its memory once, whatever the guest does', () => {
    const estimate = estimateOf('base: { guest: { memory: 1 GiB }, workload: { kind: diabolical, writes: 1e6 }, strategy: { kind: stop-and-copy } }')
    expect(estimate.simulatedBytes).toBe(2 ** 30)
  })

  test('of a uniform writer follows N (1 - e^(-wt/N)) and its stop rule', () => {
    const estimate = estimateOf('base: { guest: { memory: 1 GiB }, workload: { kind: uniform, writes: 10000, workingSet: 512 MiB }, strategy: { policy: none, stop: { iterations: 1 } } }')
    const seconds = (2 ** 30 * 8) / 1e9
    const pages = 2 ** 17 * (1 - Math.exp((-10000 * seconds) / 2 ** 17))
    expect(estimate.simulatedBytes).toBeCloseTo(2 ** 30 + pages * 4096, 0)
  })

  test('of a guest that never converges is finite', () => {
    const estimate = estimateOf('base: { workload: { kind: diabolical, writes: 1e9, workingSet: 256 MiB }, strategy: { policy: qemu } }')
    expect(Number.isFinite(estimate.cpuSeconds)).toBe(true)
    expect(estimate.cpuSeconds).toBeGreaterThan(0.1)
  })

  test.each(['hot-cold', 'uniform'])('of a %s writer is near to what the simulation then does', (kind) => {
    const lines = [`base: { guest: { memory: 256 MiB }, workload: { kind: ${kind}, writes: 5000, workingSet: 128 MiB }, strategy: { policy: xen-classic } }`]
    const stats = simulate(planOf(suiteText(...lines)).points[0]?.scenario ?? fail(), 1)
    const estimate = estimateOf(...lines)
    expect(estimate.simulatedBytes / stats.transferredBytes).toBeGreaterThan(0.8)
    expect(estimate.simulatedBytes / stats.transferredBytes).toBeLessThan(1.25)
    expect(estimate.virtualSeconds / (stats.totalMs / 1e3)).toBeGreaterThan(0.8)
    expect(estimate.virtualSeconds / (stats.totalMs / 1e3)).toBeLessThan(1.25)
  })

  test('grows with repetitions and with memory', () => {
    const once = estimateOf('base: { guest: { memory: 1 GiB } }')
    const tenTimes = estimateOf('repeat: 10', 'base: { guest: { memory: 1 GiB } }')
    const larger = estimateOf('base: { guest: { memory: 64 GiB } }')
    expect(tenTimes.cpuSeconds).toBeCloseTo(10 * once.cpuSeconds, 9)
    expect(tenTimes.runs).toBe(10)
    expect(larger.cpuSeconds).toBeGreaterThan(10 * once.cpuSeconds)
  })

  test('of runs on agents is real time, two seconds beside each migration, and no work for the simulator', () => {
    const lines = ['repeat: 3', 'base: { guest: { memory: 1 GiB }, workload: { kind: idle }, link: { bandwidth: 1 Gbit/s } }']
    const simulated = estimateOf(...lines)
    const { agents, ...rest } = estimateOf(...lines, 'backends: [agents]')
    expect(rest).toEqual({ runs: 3, cpuSeconds: 0, virtualSeconds: 0, simulatedBytes: 0 })
    expect(agents).toEqual({ runs: 3, seconds: simulated.virtualSeconds + 3 * agentsRunSeconds, bytes: 3 * 2 ** 30 })
    expect(estimateOf(...lines, 'backends: [sim, agents]')).toEqual({ ...simulated, runs: 6, agents })
  })

  test('counts the packets that a link loses', () => {
    const seconds = (loss: string) => estimateOf(`base: { guest: { memory: 1 GiB }, workload: { kind: idle }, link: { bandwidth: 1 Gbit/s, latency: 1 ms, loss: ${loss} } }`).virtualSeconds
    expect(seconds('1 %') - seconds('0 %')).toBeCloseTo(Math.ceil(2 ** 30 / 1500) * 0.01 * 3e-3, 6)
  })

  test('of a guest of no work is little more than the cost of a run', () => {
    const { cpuSeconds } = estimateOf('base: { guest: { memory: 16 MiB, nonPageable: 0 B }, workload: { kind: idle } }')
    expect(cpuSeconds).toBeGreaterThan(simulationCosts.run)
    expect(cpuSeconds).toBeLessThan(2 * simulationCosts.run)
  })
})
