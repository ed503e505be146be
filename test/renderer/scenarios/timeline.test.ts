// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { resolveScenario } from '#shared/scenario/resolve.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { downtimeOf, endOf, eventsOf, instantAt, meansOver, readingAt, seriesOf, visiblePoints } from '../../../src-renderer/components/timeline/timeline-data.ts'
import { faultClusters, faultsOf, latencyScale, latencyShare } from '../../../src-renderer/components/timeline/timeline-faults.ts'
import { layoutOf, timeAxis, timeToX, xToTime } from '../../../src-renderer/components/timeline/timeline-layout.ts'
import MigrationTimeline from '../../../src-renderer/components/timeline/MigrationTimeline.vue'

const simulated = (input: object) => {
  const resolved = resolveScenario({ ...input })
  if (!resolved.ok) throw new Error(resolved.issues[0]?.message)
  return simulate(resolved.scenario, 1)
}
const busy = simulated({ guest: { memory: '64 MiB' }, workload: { kind: 'hot-cold', writes: 3000, workingSet: '32 MiB' }, strategy: { policy: 'xen-current' } })

describe('the data of a timeline', () => {
  it('has an event for each phase, the resumption and the end, in their order', () => {
    const events = eventsOf(busy)
    expect(events.map(({ label }) => label)).toEqual(expect.arrayContaining(['Set-up begins', 'Iteration 0 begins', 'Stop-and-copy begins', 'The guest runs again', 'Migration completed']))
    expect(events.map(({ timeMs }) => timeMs)).toEqual(events.map(({ timeMs }) => timeMs).sort((a, b) => a - b))
  })

  it('puts the downtime where the guest is stopped, as long as the result says', () => {
    const downtime = downtimeOf(busy)
    expect((downtime?.toMs ?? 0) - (downtime?.fromMs ?? 0)).toBeCloseTo(busy.downtimeMs, 9)
    expect(downtime?.fromMs).toBe(busy.timeline.phases.find(({ phase }) => phase === 'stop-and-copy')?.startMs)
    expect(downtimeOf(simulated({ guest: { memory: '64 MiB' }, faults: [{ at: '1 ms' }] }))).toBeNull()
  })

  it('reads the values of the sample that holds at an instant', () => {
    const { timeline } = busy
    const middle = ((timeline.timeMs[3] ?? 0) + (timeline.timeMs[4] ?? 0)) / 2
    expect(instantAt(busy, middle)).toEqual({
      transferBitsPerSecond: timeline.transferBitsPerSecond[3],
      dirtyPagesPerSecond: timeline.dirtyPagesPerSecond[3],
      remainingBytes: timeline.remainingBytes[3],
      serviceLevel: timeline.serviceLevel[3],
    })
    expect(readingAt(busy, 1).join(' ')).toContain('Iteration 0')
  })

  it('keeps what was sent when it joins samples that are too short to be seen', () => {
    const points = seriesOf(busy, 'transfer')
    const area = (series: typeof points): number => series.reduce((sum, { x, y }, index) => sum + y * ((series[index + 1]?.x ?? x) - x), 0)
    const joined = meansOver(points, endOf(busy) / 20)
    expect(joined.length).toBeLessThan(30)
    expect(area(joined) / area(points)).toBeCloseTo(1, 9)
  })

  it('draws at most as many points as there are pixels', () => {
    expect(visiblePoints(seriesOf(busy, 'remaining'), { fromMs: 0, toMs: endOf(busy) }, 40).length).toBeLessThanOrEqual(40)
  })
})

describe('the layout of a timeline', () => {
  const layout = layoutOf({ width: 800, height: 400 }, { hasGhost: true, textScale: 1 })
  const range = { fromMs: 100, toMs: 300 }

  it('maps time to pixels and back', () => {
    expect(xToTime(layout, range, timeToX(layout, range, 217))).toBeCloseTo(217, 9)
    expect(xToTime(layout, range, -50)).toBe(100)
    expect(xToTime(layout, range, 5000)).toBe(300)
  })

  it('keeps its lanes apart and above the axis', () => {
    const edges = [layout.band, layout.ghostBand ?? layout.band, layout.rates, layout.remaining, layout.service].flatMap(({ top, bottom }) => [top, bottom])
    expect(edges).toEqual([...edges].sort((a, b) => a - b))
    expect(layout.service.bottom).toBeLessThanOrEqual(layout.axisTop)
  })

  it('counts in a unit that suits the width of the range', () => {
    expect(timeAxis(layout, { fromMs: 0, toMs: 90_000 }).unit).toBe('s')
    expect(timeAxis(layout, range).unit).toBe('ms')
    expect(timeAxis(layout, { fromMs: 0, toMs: 0.5 }).unit).toBe('us')
  })
})

describe('the timeline by keyboard', () => {
  it('steps from event to event and reads each out', async () => {
    const wrapper = mount(MigrationTimeline, { props: { stats: busy }, attachTo: document.body })
    const frame = wrapper.get('.frame')
    const spoken = (): string => wrapper.get('[aria-live]').text()
    await frame.trigger('keydown', { key: 'Home' })
    expect(spoken()).toContain('Set-up begins')
    await frame.trigger('keydown', { key: 'ArrowRight' })
    expect(spoken()).toContain('Iteration 0 begins')
    await frame.trigger('keydown', { key: 'ArrowLeft' })
    expect(spoken()).toContain('Set-up begins')
    await frame.trigger('keydown', { key: 'End' })
    expect(spoken()).toContain('Migration completed')
  })

  it('zooms into a phase with Enter, and shows everything again on Escape', async () => {
    const wrapper = mount(MigrationTimeline, { props: { stats: busy }, attachTo: document.body })
    const frame = wrapper.get('.frame')
    await frame.trigger('keydown', { key: 'Home' })
    await frame.trigger('keydown', { key: 'ArrowRight' })
    await frame.trigger('keydown', { key: 'Enter' })
    expect(wrapper.find('button.whole').exists()).toBe(true)
    await frame.trigger('keydown', { key: 'Escape' })
    expect(wrapper.find('button.whole').exists()).toBe(false)
  })

  it('names what it shows for a screen reader', () => {
    const wrapper = mount(MigrationTimeline, { props: { stats: busy } })
    expect(wrapper.get('.frame').attributes('aria-label')).toContain(`with ${busy.iterationCount} iterations`)
  })
})

describe('page faults in a timeline', () => {
  const postcopy = simulated({ guest: { memory: '32 MiB', freeMemory: '6 MiB' }, workload: { kind: 'hot-cold', writes: 4000, reads: 20000, workingSet: '16 MiB' }, balloon: { kind: 'static', size: '4 MiB' }, strategy: { kind: 'postcopy' } })

  it('have a lane of their own, and none where there are none', () => {
    const size = { width: 800, height: 400 }
    expect(layoutOf(size, { hasGhost: false, hasFaults: false, textScale: 1 }).faults).toBeNull()
    const { service, faults, axisTop } = layoutOf(size, { hasGhost: false, hasFaults: true, textScale: 1 })
    expect(faults?.top).toBeGreaterThan(service.bottom)
    expect(faults?.bottom).toBeLessThanOrEqual(axisTop)
    expect(faultsOf(postcopy).length).toBeGreaterThan(10)
    expect(faultsOf(busy)).toEqual([])
  })

  it('are stepped to by cluster, not one by one', () => {
    const clusters = faultClusters(postcopy)
    expect(clusters.reduce((sum, { latenciesMs }) => sum + latenciesMs.length, 0)).toBe(faultsOf(postcopy).length)
    expect(clusters.length).toBeLessThanOrEqual(50)
    expect(eventsOf(postcopy).filter(({ label }) => label.includes('fault'))).toHaveLength(clusters.length)
  })

  it('are read out with page and latency, and the balloon with its size', () => {
    const [first] = faultsOf(postcopy)
    const reading = readingAt(postcopy, first?.timeMs ?? 0, 1e-6).join(', ')
    expect(reading).toMatch(/fault on page|faults drawn here/)
    expect(reading).toContain('balloon 4 MiB')
    expect(readingAt(busy, 1).join(', ')).not.toMatch(/fault|balloon/)
  })

  it('stand on a scale of whole decades around their latencies', () => {
    expect(latencyScale([[{ timeMs: 0, page: 0, latencyMs: 0.3 }, { timeMs: 0, page: 0, latencyMs: 25 }]])).toEqual({ lowest: -1, highest: 2 })
    expect(latencyScale([[{ timeMs: 0, page: 0, latencyMs: 1 }]])).toEqual({ lowest: 0, highest: 1 })
    expect(latencyScale([[]])).toBeNull()
    expect(latencyShare({ lowest: -1, highest: 1 }, 1)).toBeCloseTo(0.5, 9)
  })
})
