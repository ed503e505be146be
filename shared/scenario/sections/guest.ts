/** The guest: how much memory it has, of which classes its pages are, and what it takes to stop and start it. */

import { bitRate, bytes, choice, count, duration, section, share } from '../fields.ts'

export const guest = section('The virtual machine that is migrated', {
  memory: bytes({ default: '800 MiB', meaning: 'Memory of the guest', tag: 'lab', min: 4096, max: 2 ** 46 }),
  pageSize: bytes({ default: '4 KiB', meaning: 'Size of a page, the unit of tracking and transfer; a power of two', tag: 'verified', origin: 'x86 base page; Xen xc_linux_save.c', min: 512, max: 2 ** 30 }),
  vcpus: count({ default: 1, meaning: 'Virtual processors; the cost of a tracking fault stalls one of them', tag: 'lab', min: 1, max: 1024 }),
  virtualisation: choice({
    default: 'paravirtual',
    meaning: 'Does the guest know that it is a virtual machine, and take part?',
    tag: 'source',
    origin: 'Clark et al. 2005 and Hines and Gopalan 2009 migrate paravirtual Linux',
    options: { paravirtual: 'It takes part: its kernel can balloon, page out to the migration, or trap its own pages', full: 'It is not changed' },
  }),
  zeroPages: share({ default: '0 %', meaning: 'Share of the pages outside the working sets that hold only zeros', tag: 'lab' }),
  similarPages: share({ default: '40 %', meaning: 'Share of the pages that repeat themselves, so that compression shrinks them much', tag: 'lab' }),
  randomPages: share({ default: '10 %', meaning: 'Share of the pages that hold compressed or encrypted data, so that compression does not help', tag: 'lab' }),
  freeMemory: bytes({ default: '0 MiB', meaning: 'Memory that the guest does not use', tag: 'lab' }),
  pageCache: bytes({ default: '0 MiB', meaning: 'Clean page cache, which the guest could give back', tag: 'lab' }),
  unmapped: share({ default: '0 %', meaning: 'Share of the pages that cannot be mapped when their turn comes, such as network buffers on the move; they are sent in the last copy', tag: 'lab' }),
  deviceState: bytes({ default: '512 KiB', meaning: 'Processor and device state, sent while the guest is stopped', tag: 'lab' }),
  threads: count({ default: 1, meaning: 'Threads of the guest that can run; with asynchronous page faults the others go on while one waits for a page', tag: 'lab', min: 1, max: 4096 }),
  nonPageable: bytes({ default: '8 MiB', meaning: 'Memory that the guest can never page out', tag: 'recalled', origin: 'Hines and Gopalan 2009: a few MB' }),
  suspendTime: duration({ default: '0 ms', meaning: 'Time from the request to stop until the guest has stopped', tag: 'lab' }),
  resumeTime: duration({ default: '0 ms', meaning: 'Time from the commitment until the guest runs on the destination', tag: 'lab' }),
  traffic: bitRate({ default: '0 Mbit/s', meaning: "The guest's own traffic on the migration link while it runs undisturbed", tag: 'lab' }),
})
