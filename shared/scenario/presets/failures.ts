/** What survives which failure: four systems, and a suite of every failure in every phase. All values are lab values. */

import type { ScenarioInput } from '../scenario.ts'
import type { ScenarioPreset, SuitePreset } from './preset.ts'

type Strategy = NonNullable<ScenarioInput['strategy']>

function withStrategy(strategy: Strategy, title: string, description: string): ScenarioPreset {
  return {
    title,
    description,
    input: {
      guest: { memory: '256 MiB', suspendTime: '20 ms', resumeTime: '35 ms' },
      workload: { kind: 'hot-cold', writes: '4000 pages/s', reads: '8000 pages/s', workingSet: '128 MiB' },
      link: { bandwidth: '1 Gbit/s', timeout: '1 s' },
      strategy,
      faults: [{ kind: 'link-loss', phase: 'stop-and-copy', lasts: '3 s' }],
    },
  }
}

export const failureScenarios: Readonly<Record<string, ScenarioPreset>> = {
  'failures/precopy': withStrategy({ kind: 'precopy', stop: { iterations: 5 } }, 'A failure in pre-copy', 'Until commitment the guest can go on at the source, unless that is what fails.'),
  'failures/postcopy': withStrategy({ kind: 'postcopy' }, 'A failure in post-copy', 'Once the guest runs on the destination it is in two places, and whichever fails loses it.'),
  'failures/postcopy-recover': withStrategy({ kind: 'postcopy', recover: true }, 'A failure in post-copy that waits for the link', 'When the connection is lost, both sides keep what they have until it is back.'),
  'failures/postcopy-checkpoint': withStrategy({ kind: 'postcopy', checkpoint: true }, 'A failure in post-copy with reverse checkpoints', 'What the guest changes on the destination is sent back, so that it can go on at the source if the destination crashes.'),
}

export const failureSuites: Readonly<Record<string, SuitePreset>> = {
  failures: {
    title: 'Every failure in every phase',
    description: 'Loss of the link, crash of the source, crash of the destination: which system keeps the guest, and what does it lose?',
    yaml: `godwit: 1
name: Failures
description: Which system keeps the guest, and what does it lose?
vary:
  - { field: preset, values: [failures/precopy, failures/postcopy, failures/postcopy-recover, failures/postcopy-checkpoint] }
  - zip:
      - { field: faults.0.kind, values: [link-loss, source-crash, destination-crash] }
      - { field: faults.0.lasts, values: [3 s, off, off] }
  - zip:
      - { field: faults.0.phase, values: [reservation, precopy, stop-and-copy, activation, postcopy, commitment] }
      - { field: faults.0.at, values: [0 s, 1 s, 5 ms, 5 ms, 1 s, 0 s] }
constraint: (preset = "failures/precopy" or not (faults.0.phase = precopy)) and not (preset = "failures/precopy" and faults.0.phase = postcopy)
repeat: 5
seed: 37
figures:
  - { kind: bars, name: pause, metric: pausedMs, x: faults.0.phase, series: preset, where: { faults.0.kind: link-loss } }
`,
  },
  'checkpoint-interval': {
    title: 'How often should a guest be saved to the source?',
    description: 'The shorter the interval, the less work a crash of the destination can undo, and the more often the guest stands still.',
    yaml: `godwit: 1
name: Checkpoint interval
description: What it costs to be able to go back. A crash of the destination undoes the work since the last checkpoint that arrived.
base:
  preset: failures/postcopy-checkpoint
  faults: []
vary:
  - { field: strategy.checkpointInterval, values: [25 ms, 50 ms, 100 ms, 200 ms, 400 ms, 800 ms] }
repeat: 10
seed: 41
figures:
  - { kind: lines, name: work-lost, metric: guestLostMs, x: strategy.checkpointInterval }
  - { kind: lines, name: stopped, metric: checkpointStopMs, x: strategy.checkpointInterval }
  - { kind: lines, name: sent-back, metric: checkpointBytes, x: strategy.checkpointInterval }
`,
  },
}
