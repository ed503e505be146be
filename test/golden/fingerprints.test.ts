/**
 * Golden fingerprints: the digest of the whole sequence of events of named scenarios. A difference means that the model
 * behaves differently; if that is meant, raise `modelVersion` and renew the file with `vitest -u`.
 */

import { describe, expect, it } from 'vitest'
import { planSuite } from '#shared/scenario/expand.ts'
import { scenarioPresets, suitePresets } from '#shared/scenario/presets/index.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'
import { modelVersion } from '#shared/sim/model-version.ts'
import { simulate } from '#shared/sim/simulate.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

describe('the sequence of events', () => {
  it('of every scenario preset is the recorded one', async () => {
    const lines = Object.entries(scenarioPresets).map(([name, { input }]) => {
      const stats = simulate(scenarioOf(input), 42)
      return `${name} ${stats.outcome} ${stats.totalMs.toFixed(3)} ms, ${stats.pagesSent} pages, ${stats.fingerprint}`
    })
    await expect([`model version ${modelVersion}`, ...lines, ''].join('\n')).toMatchFileSnapshot('presets.txt')
  })

  it('of every point of the Clark suite is the recorded one', async () => {
    const read = readSuite(suitePresets['clark-2005']?.yaml ?? '', 'clark-2005')
    if (!read.ok) throw new Error(JSON.stringify(read.problems))
    const planned = planSuite(read.suite)
    if (!planned.ok) throw new Error(JSON.stringify(planned.problems))
    const lines = planned.plan.runs.slice(0, 8).map(({ runId, point, seed }) => `${runId.slice(0, 16)} ${String(point.factors['preset'])} ${seed} ${simulate(point.scenario, seed).fingerprint}`)
    await expect([`model version ${modelVersion}`, ...lines, ''].join('\n')).toMatchFileSnapshot('clark-2005.txt')
  })
})
