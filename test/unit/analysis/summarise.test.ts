import { describe, expect, it } from 'vitest'
import { countOutcomes, incompleteInWords, summarise } from '#shared/analysis/summarise.ts'
import { metricOf } from '#shared/model/metrics.ts'
import { gridOfRuns, runOf } from '../figures/runs.ts'

const downtime = metricOf('downtimeMs')
if (downtime === undefined) throw new Error('downtimeMs is a metric')

describe('summarising runs', () => {
  it('gives one summary for each point, with the mean of its runs', () => {
    const runs = gridOfRuns()
    const summaries = summarise(runs, { metrics: [downtime] })
    expect(summaries.map((summary) => summary.point)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    const ofFirst = runs.filter((run) => run.point === 0).map((run) => run.downtimeMs)
    expect(summaries[0]?.metrics['downtimeMs']).toMatchObject({ ok: true, n: 3 })
    const mean = summaries[0]?.metrics['downtimeMs']
    expect(mean?.ok === true && mean.mean).toBeCloseTo(ofFirst.reduce((sum, value) => sum + value, 0) / 3, 9)
  })

  it('keeps backends of one point apart', () => {
    const summaries = summarise([runOf({}), runOf({}, { backend: 'agents' })], { metrics: [downtime] })
    expect(summaries.map((summary) => summary.backend)).toEqual(['sim', 'agents'])
  })

  it('leaves runs that did not complete out of the mean, and counts them', () => {
    const completed = runOf({})
    const failed = { ...runOf({}, { repetition: 2 }), outcome: 'failed' as const, downtimeMs: 1e9 }
    const [summary] = summarise([completed, failed], { metrics: [downtime] })
    expect(summary?.metrics['downtimeMs']).toMatchObject({ n: 1, mean: completed.downtimeMs })
    expect(summary?.outcomes).toEqual({ completed: 1, failed: 1, lost: 0, cancelled: 0, crashed: 0, invalid: 0 })
    expect(incompleteInWords(countOutcomes([completed, failed]))).toBe('1 of 2 runs did not complete (1 failed)')
  })

  it('says that there is no mean where no run completed', () => {
    const [summary] = summarise([{ ...runOf({}), outcome: 'lost' as const }], { metrics: [downtime] })
    expect(summary?.metrics['downtimeMs']?.ok).toBe(false)
  })
})
