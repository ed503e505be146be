/**
 * Asks a worker one thing at a time, and only ever the newest: a request that comes while another is worked on takes the
 * place of any that waits. A worker that is busy for long is ended, since nobody wants its answer any more; a spare one
 * that is already loaded takes over.
 */

/** What is needed of a worker; a real one, or in tests one that answers at once. */
export interface NewestWorker<Request, Answer> {
  postMessage(request: Request): void
  terminate(): void
  addEventListener(type: 'message', listener: (event: { readonly data: Answer }) => void): void
  addEventListener(type: 'error', listener: (event: { readonly message: string }) => void): void
}

interface Numbered {
  readonly id: number
}

interface Broken extends Numbered {
  readonly ok: false
  readonly message: string
}

export interface NewestWins<Request extends Numbered, Answer extends Numbered> {
  /** Resolves with null if it was given up, for a newer request or by `cancel`. */
  ask(request: Omit<Request, 'id'>): Promise<Answer | Broken | null>
  cancel(): void
  close(): void
}

interface Waiting<Request, Answer> {
  readonly request: Omit<Request, 'id'> & Numbered
  readonly resolve: (answer: Answer | Broken | null) => void
}

/** A stale request may go on this long before its worker is ended. */
const patienceMs = 80

/** `what` begins the sentence that tells that a worker broke, such as "the preview". */
export function newestWins<Request extends Numbered, Answer extends Numbered>(startWorker: () => NewestWorker<Omit<Request, 'id'> & Numbered, Answer>, what: string): NewestWins<Request, Answer> {
  type Thread = ReturnType<typeof startWorker>
  let nextId = 1
  let worker = startWorker()
  let spare: Thread | null = null
  let running: Waiting<Request, Answer> | null = null
  let waiting: Waiting<Request, Answer> | null = null
  let patience: ReturnType<typeof setTimeout> | undefined

  const settle = (answer: Answer | Broken): void => {
    if (running?.request.id !== answer.id) return
    const done = running
    running = null
    clearTimeout(patience)
    done.resolve(answer)
    startWaiting()
  }
  const attach = (attached: Thread): Thread => {
    attached.addEventListener('message', ({ data }) => settle(data))
    attached.addEventListener('error', ({ message }) => {
      if (attached !== worker || running === null) return
      const { id } = running.request
      worker = replacement()
      settle({ id, ok: false, message: `${what} broke: ${message}` })
    })
    return attached
  }
  const replacement = (): Thread => {
    const next = spare ?? attach(startWorker())
    spare = null
    return next
  }
  attach(worker)

  function startWaiting(): void {
    if (waiting === null) return
    running = waiting
    waiting = null
    worker.postMessage(running.request)
  }

  /** Ends the worker together with what it works on. */
  function giveUp(): void {
    clearTimeout(patience)
    worker.terminate()
    running?.resolve(null)
    running = null
    worker = replacement()
    spare = attach(startWorker())
    startWaiting()
  }

  function ask(request: Omit<Request, 'id'>): Promise<Answer | Broken | null> {
    return new Promise((resolve) => {
      waiting?.resolve(null)
      const replaced = waiting !== null
      waiting = { request: { ...request, id: nextId++ }, resolve }
      if (running === null) startWaiting()
      else if (!replaced) patience = setTimeout(giveUp, patienceMs)
    })
  }

  function cancel(): void {
    waiting?.resolve(null)
    waiting = null
    if (running !== null) giveUp()
  }

  function close(): void {
    clearTimeout(patience)
    waiting?.resolve(null)
    running?.resolve(null)
    waiting = null
    running = null
    worker.terminate()
    spare?.terminate()
  }

  return { ask, cancel, close }
}
