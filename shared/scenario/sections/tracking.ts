/**
 * How the source learns which pages were written, and what that costs. The costs of a mechanism are defaults of its own
 * (see `tracking-mechanisms.ts`); a field written in the scenario wins.
 */

import { choice, duration, optionalDuration, section } from '../fields.ts'

export const tracking = section('How the source learns which pages were written', {
  mechanism: choice({
    default: 'shadow',
    meaning: 'The mechanism that records written pages',
    tag: 'source',
    origin: 'Clark et al. 2005 and TSMC 2014 use shadow paging',
    options: {
      shadow: 'Shadow page tables made read-only: the first write to a page after a clean traps into the hypervisor',
      hap: 'Hardware-assisted paging, second-level entries write-protected: the first write after a clean exits',
      pml: 'Page-modification log: the processor logs pages and exits when 512 are logged',
      'dirty-ring': 'A ring of written pages for each virtual processor, harvested by user space',
      'soft-dirty': 'Soft-dirty bits of the page tables of a process, read through its page map',
    },
  }),
  writeFault: optionalDuration({ meaning: 'Guest time lost at the first write to a page after a clean; off: as the mechanism has it', tag: 'lab', max: 1e9 }),
  cleanPerPage: optionalDuration({ meaning: 'Time to clean one dirty page when the log is read and cleared; off: as the mechanism has it', tag: 'lab', max: 1e9 }),
  scanPerPage: optionalDuration({ meaning: 'Time to look at one page of the guest when the log is read; off: as the mechanism has it', tag: 'lab', max: 1e9 }),
  readCost: duration({ default: '0 us', meaning: 'Time of one read of the log besides its pages', tag: 'lab', max: 60e9 }),
})

export const wws = section("Measurement of the workload's writable working set, before the migration and apart from it", {
  duration: duration({ default: '0 s', meaning: 'Guest time over which it is measured; 0 s: not measured', tag: 'lab', max: 86400e9 }),
  readEvery: duration({ default: '50 ms', meaning: 'Time from one reading of the log to the next', tag: 'verified', origin: 'Xen xc_linux_save.c 2005, analysis_phase', min: 1e5 }),
  clearEvery: duration({ default: '2 s', meaning: 'Time from one clearing of the log to the next', tag: 'verified', origin: 'Xen xc_linux_save.c 2005, analysis_phase', min: 1e5 }),
})

export const balloon = section('Memory that the guest gives back to the hypervisor', {
  kind: choice({ default: 'none', meaning: 'How the balloon works', tag: 'lab', options: { none: 'No balloon' }, later: { 'self-ballooning': 'dynamic self-ballooning', static: 'dynamic self-ballooning' } }),
})
