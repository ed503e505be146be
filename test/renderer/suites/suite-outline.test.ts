/** The plan as the window holds it, against the plan itself. */

import { describe, expect, it } from 'vitest'
import { buffersOf, outlineOf, runAt } from '../../../src-renderer/workers/suite-outline.ts'
import { planAnswer } from '../../../src-renderer/workers/plan-answer.ts'
import { estimateSuite } from '#shared/sim/estimate.ts'
import { planOf, smallSuite } from '../../helpers/suites.ts'

const varied = `
godwit: 1
name: Varied
base: { guest: { memory: 16 MiB, nonPageable: 0 B }, workload: { kind: uniform, workingSet: 4 MiB } }
vary:
  - { field: workload.writes, values: [100 pages/s, 200 pages/s, 300 pages/s] }
  - { field: strategy.maxRate, values: [off, 50 Mbit/s] }
  - zip:
      - { field: guest.vcpus, values: [1, 2] }
      - { field: link.latency, values: [1 ms, 2 ms] }
constraint: not (workload.writes = "200 pages/s" and guest.vcpus = 2)
repeat: 4
seed: 9
`

describe('the outline of a suite', () => {
  for (const [title, text] of [['varied in several fields under a constraint', varied], ['without factors', smallSuite().replace(/vary:[^]*?repeat/, 'repeat')], ['on two backends', `${varied}backends: [agents, sim]\n`]] as const) {
    it(`${title} has every run of the plan in its order`, () => {
      const plan = planOf(text)
      const outline = outlineOf(plan)
      const fields = outline.columns.map(({ field }) => field)
      const rows = Array.from({ length: outline.runs }, (_, index) => {
        const run = runAt(outline, index)
        return { factors: Object.fromEntries(fields.map((field, place) => [field, run?.factors[place]])), repetition: run?.repetition, seed: run?.seed, backend: run?.backend }
      })
      expect(rows).toEqual(plan.runs.map(({ point, repetition, seed, backend }) => ({ factors: point.factors, repetition, seed, backend })))
      expect([outline.points, outline.firstScenario, outline.estimate]).toEqual([plan.points.length, plan.points[0]?.scenario, estimateSuite(plan)])
      expect([runAt(outline, -1), runAt(outline, plan.runs.length)]).toEqual([undefined, undefined])
    })
  }

  it('gets whole to another thread, its numbers without being copied', () => {
    const sent = outlineOf(planOf(varied))
    const received = structuredClone(sent, { transfer: buffersOf(sent) })
    expect(received).toEqual(outlineOf(planOf(varied)))
    expect(buffersOf(sent).map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 0, 0])
  })

  it('is refused with the problems of the text', () => {
    const answer = planAnswer({ id: 1, text: varied.replace('repeat: 4', 'repeat: 9000000'), fileName: 'varied.yaml' })
    expect(answer).toMatchObject({ ok: true, planning: { ok: false, problems: [{ field: 'repeat' }] } })
  })
})
