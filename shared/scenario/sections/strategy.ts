/**
 * The migration strategy and the rules that end it. A named policy (see `policies.ts`) is a set of defaults for the
 * fields below; a field written in the scenario wins over the policy.
 */

import { bitRate, bytes, choice, count, factor, optionalBitRate, optionalBytes, optionalCount, optionalDuration, optionalShare, section, share, toggle } from '../fields.ts'

const precopy = ['precopy'] as const

const timeoutActions = {
  abort: 'Give up; the guest goes on at the source',
  pause: 'Stop the guest and send the rest',
  ignore: 'Note it and go on',
} as const

const later = { postcopy: 'post-copy' }

export const stop = section('When pre-copy ends. Each rule is off unless the policy or the scenario sets it', {
  iterations: optionalCount({ meaning: 'At most this many iterations before stop-and-copy', tag: 'lab', min: 0, max: 1e6, appliesTo: precopy }),
  smallIteration: optionalCount({ meaning: 'Stop after an iteration that handled (sent or skipped) fewer pages than this', tag: 'lab', appliesTo: precopy }),
  pagesLeft: optionalCount({ meaning: 'Stop when fewer pages than this are left to send', tag: 'lab', appliesTo: precopy }),
  bytesLeft: optionalBytes({ meaning: 'Stop when less than this is left to send', tag: 'lab', appliesTo: precopy }),
  downtime: optionalDuration({ meaning: 'Stop when what is left takes at most this long at the measured bandwidth', tag: 'lab', appliesTo: precopy }),
  growth: optionalShare({ meaning: 'Stop when an iteration leaves more than the one before by over this share', tag: 'lab', max: 1000, appliesTo: precopy }),
  sentGrowthAtMaxRate: toggle({ default: false, meaning: 'Stop when an iteration sent more than the one before while the rate stands at its maximum', tag: 'verified', origin: 'Xen xc_linux_save.c 2005', appliesTo: precopy }),
  rateAboveMax: toggle({ default: false, meaning: 'Stop when the next rate would exceed the maximum', tag: 'source', origin: 'Clark et al. 2005', appliesTo: precopy }),
  sentFactor: optionalCount({ meaning: 'Stop when more than this many times the guest memory was sent', tag: 'lab', integer: false, appliesTo: precopy }),
  rampSteps: optionalCount({ meaning: 'Raise the downtime limit to its full value in this many steps', tag: 'lab', min: 1, max: 1000, appliesTo: precopy }),
  rampFrom: optionalDuration({ meaning: 'Downtime limit at the first step of the ramp; off: the limit divided by the steps', tag: 'lab', appliesTo: precopy }),
  rampDelay: optionalDuration({ meaning: 'Time between two steps of the ramp for each GiB of guest memory', tag: 'lab', appliesTo: precopy }),
  stallWindow: optionalDuration({ meaning: 'Act when the remaining bytes have not fallen for this long', tag: 'lab', appliesTo: precopy }),
  stallMargin: share({ default: '4 %', meaning: 'Share by which the remaining bytes must fall to count as progress', tag: 'verified', origin: 'KubeVirt stall detector', appliesTo: precopy }),
  stallSmoothing: share({ default: '40 %', meaning: 'Weight of the newest reading in the moving average of the remaining bytes', tag: 'verified', origin: 'KubeVirt stall detector', appliesTo: precopy }),
  stallAction: choice({ default: 'pause', meaning: 'What to do on a stall', tag: 'verified', origin: 'KubeVirt stall detector', options: timeoutActions, later, appliesTo: precopy }),
  giveUp: count({ default: 200, meaning: 'End the migration as not converged after this many iterations; the guest goes on at the source', tag: 'lab', min: 1, max: 1e6, appliesTo: precopy }),
  timeout: optionalDuration({ meaning: 'Act when pre-copy has taken this long', tag: 'lab' }),
  timeoutPerGiB: optionalDuration({ meaning: 'Act when pre-copy has taken this long for each GiB of guest memory', tag: 'lab' }),
  timeoutAction: choice({ default: 'abort', meaning: 'What to do at the timeout', tag: 'lab', options: timeoutActions, later, appliesTo: precopy }),
})

export const policyNames = {
  none: 'No rule of its own: iterations run until a rule of the scenario ends them, or nothing is left',
  'clark-2005': 'The paper: rate m, then dirtying rate + 50 Mbit/s; ends above M or below 256 KiB',
  'xen-2005': 'The code of April 2005: the rate only rises; four end rules; pages dirty again are skipped',
  'xen-classic': 'Xen from late 2005: full rate; 50 pages, 29 iterations, three times the memory',
  'xen-current': 'Current Xen: full rate, no skipping; 50 pages or 5 iterations',
  qemu: 'QEMU: switch over when the estimated downtime is at most 300 ms; no cap on iterations',
  simgrid: 'SimGrid: switch over when the estimated downtime is at most 30 ms',
  dissect: 'DISSECT-CF: 5 iterations or 262144 bytes',
  'p.haul': 'CRIU p.haul: 8 iterations, 64 pages, or growth by 10 %',
  nova: 'OpenStack Nova: the downtime limit rises in 10 steps to 500 ms, 75 s per GiB apart',
  kubevirt: 'KubeVirt: the downtime limit rises in 7 steps from 150 ms; a stall of 40 s ends pre-copy',
} as const

export const strategy = section('How the guest is migrated', {
  kind: choice({
    default: 'precopy',
    meaning: 'The migration strategy',
    tag: 'lab',
    options: {
      'stop-and-copy': 'Stop the guest, send everything, start it on the destination',
      precopy: 'Send everything while the guest runs, then what was dirtied, again and again; then stop and send the rest',
    },
    later: {
      postcopy: 'post-copy',
      hybrid: 'post-copy',
      'three-stage': 'three-stage copy',
      'on-demand': 'post-copy',
      self: 'self migration',
      cold: 'cold migration',
    },
  }),
  policy: choice({ default: 'none', meaning: 'A named set of rules; its values are defaults for the fields below', tag: 'lab', options: policyNames, appliesTo: precopy }),
  minRate: optionalBitRate({ meaning: 'Rate of the first iteration (m); off: as fast as the link allows', tag: 'source', origin: 'Clark et al. 2005', min: 1000, appliesTo: precopy }),
  maxRate: optionalBitRate({ meaning: 'Highest rate (M), also that of the last copy; off: as fast as the link allows', tag: 'source', origin: 'Clark et al. 2005', min: 1000 }),
  rateControl: choice({
    default: 'fixed',
    meaning: 'How the rate goes on from one iteration to the next',
    tag: 'lab',
    options: {
      fixed: 'It stays at the maximum',
      follow: 'Dirtying rate of the last iteration plus an increment, between minimum and maximum',
      rise: 'As follow, but it never falls, and rises only if the dirtying rate exceeds it',
    },
    appliesTo: precopy,
  }),
  rateIncrement: bitRate({ default: '50 Mbit/s', meaning: 'Added to the dirtying rate to give the next rate', tag: 'verified', origin: 'Xen xc_linux_save.c 2005', appliesTo: precopy }),
  dirtyRateFactor: factor({ default: 1, meaning: 'Factor by which the source takes the dirtying rate too high; the code of 2005 measures in megabits of 10^6 and limits in megabits of 2^20', tag: 'verified', origin: 'Xen xc_linux_save.c 2005', max: 100, appliesTo: precopy }),
  burst: bytes({ default: '100 KiB', meaning: 'Bytes that the rate limiter lets pass at once after a pause', tag: 'verified', origin: 'Xen xc_linux_save.c 2005', min: 1 }),
  batch: count({ default: 1024, meaning: 'Pages sent as one batch', tag: 'verified', origin: 'Xen xc_linux_save.c 2005', min: 1, max: 1 << 20 }),
  scan: choice({
    default: 'linear',
    meaning: 'Order in which an iteration goes through the pages',
    tag: 'lab',
    options: { linear: 'By address', permuted: 'A fixed pseudo-random permutation, so that neighbours are far apart' },
  }),
  skipDirty: toggle({ default: false, meaning: 'Peek at the dirty log before each batch and leave out pages that are dirty again', tag: 'source', origin: 'Clark et al. 2005, rapid page dirtying', appliesTo: precopy }),
  stop,
})


export const optimisations = section('Additions that any strategy may use', {
  zeroPages: choice({
    default: 'off',
    meaning: 'What is sent for a page of zeros',
    tag: 'verified',
    origin: 'QEMU migration/ram.c',
    options: { off: 'The page', marker: 'A marker of 9 bytes' },
  }),
  autoConverge: toggle({ default: false, meaning: 'Throttle the guest when it dirties memory faster than it can be sent', tag: 'verified', origin: 'QEMU migration/options.c', appliesTo: precopy }),
  throttleTrigger: share({ default: '50 %', meaning: 'Share of the bytes sent in an iteration which, dirtied in two iterations, starts the throttle', tag: 'verified', origin: 'QEMU migration/options.c', max: 10 }),
  throttleInitial: share({ default: '20 %', meaning: 'Share of its time that the throttle first takes from the guest', tag: 'verified', origin: 'QEMU migration/options.c', max: 0.99 }),
  throttleIncrement: share({ default: '10 %', meaning: 'Added to the throttle each time it is not enough', tag: 'verified', origin: 'QEMU migration/options.c' }),
  throttleMax: share({ default: '99 %', meaning: 'Highest throttle', tag: 'verified', origin: 'QEMU migration/options.c', max: 0.99 }),
})
