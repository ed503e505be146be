/**
 * Scenarios of our own: guests for the laboratory, and the migration of common products as they are set by default.
 * The policies behind the products are explained in `policies.ts`; every other value here is a lab value.
 */

import type { PolicyName } from '../policies.ts'
import type { ScenarioInput } from '../scenario.ts'
import type { ScenarioPreset } from './preset.ts'

type Section<Name extends keyof ScenarioInput> = NonNullable<ScenarioInput[Name]>

/** A guest of 1 GiB with a hot fifth: small enough to run at once, busy enough that policies differ. */
const middlingWorkload: Section<'workload'> = { kind: 'hot-cold', writes: '8000 pages/s', workingSet: '512 MiB', hotPages: '20 %', hotShare: '90 %' }

function underPolicy(policy: PolicyName, product: string, rest: { readonly description: string; readonly tracking: Section<'tracking'>; readonly zeroPages?: 'marker' }): ScenarioPreset {
  return {
    title: `${product}: a guest of 1 GiB with a hot set`,
    description: rest.description,
    input: {
      guest: { memory: '1 GiB' },
      workload: middlingWorkload,
      link: { bandwidth: '1 Gbit/s', latency: '100 us' },
      tracking: rest.tracking,
      strategy: { kind: 'precopy', policy },
      ...(rest.zeroPages === undefined ? {} : { optimisations: { zeroPages: rest.zeroPages } }),
    },
  }
}

const products: Readonly<Record<string, ScenarioPreset>> = {
  'clark-2005-paper': underPolicy('clark-2005', 'Clark 2005 as the paper has it', {
    description: 'The rate follows the dirtying rate by 50 Mbit/s, from 100 to 500 Mbit/s; pages dirty again are left for later.',
    tracking: { mechanism: 'shadow' },
  }),
  'xen-2005': underPolicy('xen-2005', 'Xen of April 2005', {
    description: 'The code of the time: the rate only rises, and any of four rules ends pre-copy.',
    tracking: { mechanism: 'shadow' },
  }),
  'xen-classic': underPolicy('xen-classic', 'Xen from late 2005', {
    description: 'Full rate from the start; 29 iterations, 50 pages, or three times the memory.',
    tracking: { mechanism: 'shadow' },
  }),
  'xen-current': underPolicy('xen-current', 'Xen of today', {
    description: 'Full rate, no page left out; at most 5 iterations or 50 pages left.',
    tracking: { mechanism: 'hap' },
  }),
  'qemu-default': underPolicy('qemu', 'QEMU as it comes', {
    description: 'Switch-over when what is left takes at most 300 ms; without a limit of iterations, so a busy guest may never get there.',
    tracking: { mechanism: 'pml' },
    zeroPages: 'marker',
  }),
  kubevirt: underPolicy('kubevirt', 'KubeVirt', {
    description: 'QEMU under the controller of KubeVirt with downtime tuning: the limit rises from 150 to 900 ms in seven steps.',
    tracking: { mechanism: 'pml' },
    zeroPages: 'marker',
  }),
  nova: underPolicy('nova', 'OpenStack Nova', {
    description: 'QEMU under Nova: the downtime limit rises in ten steps to 500 ms.',
    tracking: { mechanism: 'pml' },
    zeroPages: 'marker',
  }),
  'p.haul': underPolicy('p.haul', 'CRIU p.haul', {
    description: 'Containers rather than machines: 9 iterations, 64 pages sent, or an iteration that sends 10 % more than the last.',
    tracking: { mechanism: 'soft-dirty' },
  }),
  simgrid: underPolicy('simgrid', 'SimGrid', {
    description: 'The rule of the simulator SimGrid: switch-over when what is left takes at most 30 ms.',
    tracking: { mechanism: 'hap' },
  }),
}

/** Ends whatever the guest does: no run of a laboratory preset goes on for ever. */
const bounded: Section<'strategy'> = { kind: 'precopy', policy: 'qemu', stop: { iterations: 30 } }

const laboratory: Readonly<Record<string, ScenarioPreset>> = {
  'lab/idle': {
    title: 'Idle guest of 1 GiB',
    description: 'Nothing is written: one iteration sends everything, and the last copy is empty.',
    input: { guest: { memory: '1 GiB' }, workload: { kind: 'idle' }, strategy: bounded },
  },
  'lab/uniform-1g': {
    title: 'Uniform writes, 1 GiB',
    description: 'Every page of half the memory is written with the same probability.',
    input: { guest: { memory: '1 GiB' }, workload: { kind: 'uniform', writes: '10000 pages/s', workingSet: '512 MiB' }, strategy: bounded },
  },
  'lab/hot-cold-1g': {
    title: 'Hot and cold pages, 1 GiB',
    description: 'A fifth of the working set takes nine tenths of the writes.',
    input: { guest: { memory: '1 GiB' }, workload: middlingWorkload, strategy: bounded },
  },
  'lab/zipf-2g': {
    title: 'Zipf writes, 2 GiB',
    description: 'Writes follow a Zipf distribution over 1 GiB, as the keys of a cache do.',
    input: { guest: { memory: '2 GiB', vcpus: 2 }, workload: { kind: 'zipf', writes: '40000 pages/s', workingSet: '1 GiB' }, strategy: bounded },
  },
  'lab/oltp-4g': {
    title: 'Database, 4 GiB',
    description: 'Transactions on Zipf-distributed rows, a redo log, and checkpoints every ten seconds, on a link of 10 Gbit/s.',
    input: {
      guest: { memory: '4 GiB', vcpus: 4, pageCache: '512 MiB' },
      workload: { kind: 'oltp', writes: '60000 pages/s', reads: '240000 pages/s', workingSet: '3 GiB', period: '10 s', duty: '20 %' },
      link: { bandwidth: '10 Gbit/s' },
      strategy: bounded,
    },
  },
  'lab/kernel-compile-2g': {
    title: 'Kernel compilation, 2 GiB',
    description: 'Short-lived compilers sweep over fresh memory; a small set stays hot.',
    input: { guest: { memory: '2 GiB', vcpus: 2 }, workload: { kind: 'kernel-compile', writes: '20000 pages/s', workingSet: '768 MiB', period: '2 s' }, strategy: bounded },
  },
  'lab/web-and-batch-2g': {
    title: 'Web server beside a batch job, 2 GiB',
    description: 'Two processes with working sets of their own: a web server, and a job that sweeps over its data.',
    input: {
      guest: { memory: '2 GiB', vcpus: 2 },
      workload: {
        name: 'web',
        kind: 'web-server',
        writes: '4000 pages/s',
        workingSet: '512 MiB',
        processes: [{ name: 'batch', kind: 'sequential', writes: '30000 pages/s', workingSet: '256 MiB' }],
      },
      strategy: bounded,
    },
  },
  'lab/diabolical-512m': {
    title: 'Diabolical guest, 512 MiB',
    description: 'Half of the memory is written faster than the link can carry: pre-copy cannot win.',
    input: { guest: { memory: '512 MiB' }, workload: { kind: 'diabolical', writes: '200000 pages/s', workingSet: '256 MiB' }, strategy: bounded },
  },
  'lab/mostly-zero-8g': {
    title: 'Fresh guest of 8 GiB, mostly zeros',
    description: 'Nine tenths of the pages outside the working set were never touched and travel as markers.',
    input: {
      guest: { memory: '8 GiB', vcpus: 4, zeroPages: '90 %' },
      workload: { kind: 'hot-cold', writes: '5000 pages/s', workingSet: '512 MiB' },
      link: { bandwidth: '10 Gbit/s' },
      strategy: bounded,
      optimisations: { zeroPages: 'marker' },
    },
  },
  'lab/link-loss-1g': {
    title: 'The link fails while memory is sent, 1 GiB',
    description: 'The link is gone for good three seconds after the start; the guest must go on at the source.',
    input: { guest: { memory: '1 GiB' }, workload: middlingWorkload, strategy: bounded, faults: [{ kind: 'link-loss', at: '3 s' }] },
  },
}

export const ownScenarios: Readonly<Record<string, ScenarioPreset>> = { ...products, ...laboratory }
