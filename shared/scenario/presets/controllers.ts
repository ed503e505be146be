/**
 * The controllers of products, each on a guest that pre-copy alone cannot move, so that its rules come to speak; and a
 * league of them all. The rules stand in `policies.ts` with their files; guest and link are lab values.
 */

import type { PolicyName } from '../policies.ts'
import type { ScenarioPreset, SuitePreset } from './preset.ts'

function busyUnder(policy: PolicyName, product: string, description: string): ScenarioPreset {
  return {
    title: `${product}: a guest that does not converge`,
    description,
    input: {
      guest: { memory: '256 MiB' },
      workload: { kind: 'diabolical', writes: '60000 pages/s', workingSet: '64 MiB' },
      link: { bandwidth: '200 Mbit/s', latency: '100 us' },
      tracking: { mechanism: 'pml' },
      // Nothing but the rules of the product ends it.
      strategy: { kind: 'precopy', policy, stop: { giveUp: 1_000_000 } },
      optimisations: { zeroPages: 'marker' },
    },
  }
}

export const controllerScenarios: Readonly<Record<string, ScenarioPreset>> = {
  'nova-abort': busyUnder('nova', 'Nova as it comes', 'At 800 s per GiB, of which two are counted at least, Nova aborts.'),
  'nova-pause': busyUnder('nova-pause', 'Nova with force_complete', 'At the timeout the guest is paused, and the rest is sent.'),
  'nova-postcopy': busyUnder('nova-postcopy', 'Nova with force_complete and post-copy', 'At the timeout the guest goes on at the destination, and the rest follows.'),
  'kubevirt-abort': busyUnder('kubevirt', 'KubeVirt with downtime tuning', 'The downtime limit rises; at 150 s per GiB KubeVirt aborts.'),
  'kubevirt-pause': busyUnder('kubevirt-pause', 'KubeVirt, disruption allowed', 'At the timeout the guest is paused, and the rest is sent.'),
  'kubevirt-postcopy': busyUnder('kubevirt-postcopy', 'KubeVirt, post-copy allowed', 'At the timeout the guest goes on at the destination, and the rest follows.'),
  'kubevirt-stall': busyUnder('kubevirt-stall', 'KubeVirt with stall detection', 'What is left at the stall would take too long for a limit of 900 ms, so KubeVirt aborts.'),
  'kubevirt-stall-pause': busyUnder('kubevirt-stall-pause', 'KubeVirt with stall detection, disruption allowed', 'At a good moment of the stall the guest is stopped.'),
  'kubevirt-stall-postcopy': busyUnder('kubevirt-stall-postcopy', 'KubeVirt with stall detection, post-copy allowed', 'At a good moment of the stall the guest goes on at the destination.'),
  'cloud-hypervisor': busyUnder('cloud-hypervisor', 'cloud-hypervisor as it comes', 'After an hour, at the end of an iteration, the migration is cancelled.'),
  'cloud-hypervisor-ignore': busyUnder('cloud-hypervisor-ignore', 'cloud-hypervisor, timeout ignored', 'After an hour, at the end of an iteration, the guest is paused whatever the downtime.'),
  'libvirt-suspend': busyUnder('libvirt-suspend', 'virsh migrate --timeout-suspend', 'At the timeout, here 60 s, the guest is suspended, and the rest is sent.'),
  'libvirt-postcopy': busyUnder('libvirt-postcopy', 'virsh migrate --timeout-postcopy', 'At the timeout, here 60 s, the guest goes on at the destination.'),
}

export const controllerSuites: Readonly<Record<string, SuitePreset>> = {
  'policy-league': {
    title: 'The controllers of the products on three guests',
    description: 'A calm guest, a middling one, and one that does not converge, under every controller as it comes: who finishes, how soon, and at what cost to the guest?',
    yaml: `godwit: 1
name: Policy league
description: Every controller as it comes, on the same three guests.
base:
  guest: { memory: 256 MiB }
  link: { bandwidth: 200 Mbit/s }
  tracking: { mechanism: pml }
  strategy: { kind: precopy, stop: { giveUp: 1000000 } }
vary:
  - { field: strategy.policy, values: [xen-classic, xen-current, p.haul, libvirt-suspend, libvirt-postcopy, nova, nova-pause, nova-postcopy, kubevirt, kubevirt-pause, kubevirt-postcopy, kubevirt-stall, kubevirt-stall-pause, kubevirt-stall-postcopy, cloud-hypervisor, cloud-hypervisor-ignore] }
  - zip:
      - { field: workload.kind, values: [uniform, hot-cold, diabolical] }
      - { field: workload.writes, values: [500 pages/s, 3000 pages/s, 60000 pages/s] }
      - { field: workload.workingSet, values: [128 MiB, 128 MiB, 64 MiB] }
repeat: 3
seed: 43
figures:
  - { kind: bars, name: total-time, metric: totalMs, x: strategy.policy, series: workload.kind, column: two }
  - { kind: bars, name: downtime, metric: downtimeMs, x: strategy.policy, series: workload.kind, column: two }
  - { kind: bars, name: work-lost, metric: guestLostMs, x: strategy.policy, series: workload.kind, column: two }
  - { kind: pareto, name: time-against-downtime, xMetric: totalMs, metric: downtimeMs, series: workload.kind, column: two }
`,
  },
}
