import { type Kernel, type Process, Signal } from './kernel.ts'

/** Runs two processes at a time and returns when both have ended; interrupted, it ends both. */
export function* both(kernel: Kernel, first: Process<void>, second: Process<void>): Process<void> {
  const ended = new Signal(kernel)
  let going = 2
  function* thenTell(process: Process<void>): Process<void> {
    yield* process
    going--
    ended.fire()
  }
  const handles = [first, second].map((process) => kernel.spawn(thenTell(process)))
  try {
    while (going > 0) yield ended
  } finally {
    for (const handle of handles) handle.stop()
  }
}
