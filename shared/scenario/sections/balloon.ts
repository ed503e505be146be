/** Memory that the guest gives back to the hypervisor, so that no strategy sends it: a balloon, and its page cache. */

import { bytes, choice, duration, pageRate, section, toggle } from '../fields.ts'

const dynamic = ['self-ballooning']

export const balloon = section('Memory that the guest gives back to the hypervisor', {
  kind: choice({
    default: 'none',
    meaning: 'How the balloon works',
    tag: 'source',
    origin: 'dynamic self-ballooning: Hines and Gopalan 2009',
    options: {
      none: 'No balloon',
      static: 'A balloon of a fixed size at the top of the free memory, inflated before the migration',
      'self-ballooning': 'A thread of the guest puts its free memory into the balloon again and again; an allocation takes it back at once',
    },
  }),
  size: bytes({ default: '0 MiB', meaning: 'Size of the static balloon', tag: 'lab', appliesTo: ['static'] }),
  interval: duration({ default: '5 s', meaning: 'Guest time from one look for free memory to the next; when the migration begins, the thread has just looked', tag: 'source', origin: 'Hines and Gopalan 2009', min: 1e6, appliesTo: dynamic }),
  reserve: bytes({ default: '16 MiB', meaning: 'Free memory that stays outside the balloon', tag: 'lab', appliesTo: dynamic }),
  inflateRate: pageRate({ default: '250000 pages/s', meaning: 'Pages that go into the balloon per second of guest time while it is inflated', tag: 'lab', min: 1, max: 1e9, appliesTo: dynamic }),
  pageCost: duration({ default: '1 us', meaning: 'Time of a virtual processor for a page that goes into the balloon or leaves it', tag: 'lab', max: 1e9, appliesTo: dynamic }),
  releasePageCache: toggle({ default: false, meaning: 'The guest gives back its clean page cache before the first iteration', tag: 'source', origin: 'Clark et al. 2005' }),
  cacheReads: pageRate({ default: '0 pages/s', meaning: 'Reads of the page cache per second of guest time, spread evenly; the first read of a page that was given back brings it from the disk', tag: 'lab', max: 1e9 }),
  cacheMiss: duration({ default: '100 us', meaning: 'Time of a virtual processor for such a first read', tag: 'lab', max: 1e9 }),
})
