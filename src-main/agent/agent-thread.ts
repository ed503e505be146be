/**
 * An agent of this machine, in a worker thread or in a process of its own: it listens on loopback with the token that it
 * was started with, says on which port, and ends when whoever started it is gone.
 */

import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { startAgent } from './host-agent.ts'

/** What a local agent is started with: as worker data, or as a message to the process. */
export interface LocalAgentData {
  readonly token: string
  readonly tracesFolder?: string | undefined
}

export type LocalAgentReport = { readonly kind: 'listening'; readonly port: number } | { readonly kind: 'failed'; readonly code: string; readonly message: string }

async function listen({ token, tracesFolder }: LocalAgentData, report: (report: LocalAgentReport) => void): Promise<void> {
  try {
    const { port } = await startAgent({ host: '127.0.0.1', port: 0, credentials: { kind: 'token', token }, allowFaults: isMainThread, tracesFolder })
    report({ kind: 'listening', port })
  } catch (error) {
    const { code, message } = error instanceof GodwitError ? error : { code: 'agent.fault', message: String(error) }
    report({ kind: 'failed', code, message })
  }
}

if (isMainThread) {
  process.once('message', (data: LocalAgentData) => void listen(data, (report) => process.send?.(report)))
  process.once('disconnect', () => process.exit(0))
} else if (parentPort !== null) {
  const port = parentPort
  void listen(workerData as LocalAgentData, (report) => port.postMessage(report))
}
