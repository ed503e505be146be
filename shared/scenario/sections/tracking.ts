/**
 * How the source learns which pages were written, how the destination learns which ones are missing, and what that costs. The costs of a mechanism are defaults of its own
 * (see `tracking-mechanisms.ts`); a field written in the scenario wins.
 */

import { choice, duration, optionalDuration, section, toggle } from '../fields.ts'

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
  trap: choice({
    default: 'userfaultfd',
    meaning: 'How the destination traps accesses to pages that have not come yet, in post-copy',
    tag: 'source',
    origin: 'shadow paging, page tracking and pseudo-paging: Hines and Gopalan 2009; a user-space pager: Yabusame',
    options: {
      shadow: 'The hypervisor marks pages absent in its shadow page tables; everything can be trapped',
      'page-tracking': 'The guest marks its resident pages not present; memory that it cannot page out goes in the downtime',
      'pseudo-paging': 'Memory is swapped out without copying, so that swap-in faults go over the network; memory that cannot be paged out goes in the downtime. Paravirtual guests only',
      userfaultfd: 'Linux hands faults to a thread of the virtual machine monitor; everything can be trapped',
      'user-pager': 'Guest memory is a special device; a user-space process is asked for each page',
    },
  }),
  trapFault: optionalDuration({ meaning: 'Time from an access to a missing page until the page is asked for; off: as the mechanism has it', tag: 'lab', max: 1e9 }),
  placePage: optionalDuration({ meaning: 'Time from the arrival of a page until the guest goes on; off: as the mechanism has it', tag: 'lab', max: 1e9 }),
  minorFault: optionalDuration({ meaning: 'Guest time lost at the first access to a page that had come already; off: as the mechanism has it', tag: 'lab', max: 1e9 }),
  asyncFaults: toggle({ default: false, meaning: 'Asynchronous page faults: the processor goes on with another thread of the guest while one waits for a page', tag: 'source', origin: 'the survey of sources/002' }),
})

export const wws = section("Measurement of the workload's writable working set, before the migration and apart from it", {
  duration: duration({ default: '0 s', meaning: 'Guest time over which it is measured; 0 s: not measured', tag: 'lab', max: 86400e9 }),
  readEvery: duration({ default: '50 ms', meaning: 'Time from one reading of the log to the next', tag: 'verified', origin: 'Xen xc_linux_save.c 2005, analysis_phase', min: 1e5 }),
  clearEvery: duration({ default: '2 s', meaning: 'Time from one clearing of the log to the next', tag: 'verified', origin: 'Xen xc_linux_save.c 2005, analysis_phase', min: 1e5 }),
})
