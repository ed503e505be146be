/**
 * Post-copy as it was built elsewhere: QEMU with and without preemption, Yabusame. And what the ways to track writes and
 * to trap missing pages cost, under shadow paging above all. Guest, workload and costs are ours (lab).
 */

import type { ScenarioInput } from '../scenario.ts'
import type { ScenarioPreset, SuitePreset } from './preset.ts'

const guest: ScenarioInput = {
  guest: { memory: '1 GiB', vcpus: 2 },
  workload: { kind: 'hot-cold', writes: '5000 pages/s', reads: '20000 pages/s', workingSet: '512 MiB' },
  link: { bandwidth: '1 Gbit/s', latency: '100 us' },
}

export const postcopySystemScenarios: Readonly<Record<string, ScenarioPreset>> = {
  'qemu-postcopy': {
    title: 'QEMU: post-copy',
    description: 'Faults by userfaultfd; a page asked for waits behind what is in the queue of the one connection, 256 pages (lab), and the push goes on from it.',
    input: { ...guest, tracking: { mechanism: 'pml', trap: 'userfaultfd' }, strategy: { kind: 'postcopy', push: 'forward', recover: true } },
  },
  'qemu-preempt': {
    title: 'QEMU: post-copy with preemption',
    description: 'As qemu-postcopy, but pages asked for have a connection of their own.',
    input: { ...guest, tracking: { mechanism: 'pml', trap: 'userfaultfd' }, strategy: { kind: 'postcopy', push: 'forward', recover: true, preempt: true } },
  },
  yabusame: {
    title: 'Yabusame: a pager in user space',
    description: 'The first access to each page is trapped and handed to a process, which pulls the page; a second connection brings the rest. With several threads, those that do not wait go on.',
    input: {
      ...guest,
      guest: { memory: '1 GiB', vcpus: 2, threads: 8, virtualisation: 'full' },
      tracking: { trap: 'user-pager', asyncFaults: true },
      strategy: { kind: 'on-demand', push: 'linear', demandTime: '2 s', preempt: true },
    },
  },
  'hines-osr': {
    title: 'One iteration, then post-copy',
    description: 'All memory once while the guest runs, then what it dirtied by post-copy.',
    input: { ...guest, strategy: { kind: 'hybrid', push: 'multi-pivot', stop: { iterations: 1 } } },
  },
}

export const postcopySystemSuites: Readonly<Record<string, SuitePreset>> = {
  preempt: {
    title: 'Post-copy with and without preemption',
    description: 'How long does a page that is asked for wait behind a push that fills the link, by length of the queue?',
    yaml: `godwit: 1
name: Post-copy preemption
description: How long does a page that is asked for wait behind a push that fills the link?
base:
  preset: qemu-postcopy
vary:
  - { field: strategy.preempt, values: [off, on] }
  - { field: strategy.pushBatch, values: [64, 256, 1024] }
  - { field: link.bandwidth, values: [1 Gbit/s, 10 Gbit/s] }
repeat: 5
seed: 41
figures:
  - { kind: lines, name: fault-latency, metric: faultMeanMs, x: strategy.pushBatch, series: strategy.preempt, yScale: log, where: { link.bandwidth: 1 Gbit/s } }
  - { kind: bars, name: work-lost, metric: guestLostMs, x: strategy.pushBatch, series: strategy.preempt, where: { link.bandwidth: 1 Gbit/s } }
`,
  },
  'xen-shadow-paging': {
    title: 'Shadow paging and its alternatives',
    description: 'What does it cost to learn which pages were written, and to trap those that are missing? Pre-copy under each tracking, post-copy under each trap.',
    yaml: `godwit: 1
name: Shadow paging
description: What does it cost to track written pages and to trap missing ones?
base:
  preset: hines-osr
vary:
  - { field: tracking.mechanism, values: [shadow, hap, pml, dirty-ring] }
  - { field: tracking.trap, values: [shadow, page-tracking, pseudo-paging, userfaultfd] }
  - { field: workload.writes, values: [2000 pages/s, 8000 pages/s, 32000 pages/s] }
repeat: 5
seed: 43
figures:
  - { kind: lines, name: tracking, metric: guestLostParts.sourceMs, x: workload.writes, series: tracking.mechanism, where: { tracking.trap: shadow } }
  - { kind: lines, name: trapping, metric: guestLostParts.destinationMs, x: workload.writes, series: tracking.trap, where: { tracking.mechanism: shadow } }
  - { kind: bars, name: downtime, metric: downtimeMs, x: tracking.trap, where: { tracking.mechanism: shadow, workload.writes: 8000 pages/s } }
`,
  },
  'post-copy-systems': {
    title: 'Post-copy in five systems',
    description: 'One guest, moved by QEMU, Yabusame, a hybrid and the pre-copy of Xen.',
    yaml: `godwit: 1
name: Post-copy in systems
description: One guest, moved by each system as it is set here.
base: {}
vary:
  - { field: preset, values: [xen-classic, qemu-postcopy, qemu-preempt, yabusame, hines-osr] }
repeat: 10
seed: 47
figures:
  - { kind: bars, name: downtime, metric: downtimeMs, x: preset }
  - { kind: bars, name: work-lost, metric: guestLostMs, x: preset }
`,
  },
}
