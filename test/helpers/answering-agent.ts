/** An agent's door with nothing behind it but answers: real credentials and connections, no guests. */

import { onTestFinished } from 'vitest'
import type { Message } from '#shared/wire/messages.ts'
import { capabilities, onlyMessages } from '../../src-main/agent/sessions.ts'
import type { AgentConnection, Credentials } from '../../src-main/agent/transport/contract.ts'
import { listenForPeers } from '../../src-main/agent/transport/listen.ts'

export const facts = { agent: 'godwit 0.1.0', version: '0.1.0', os: 'Linux 6.1 x64', memoryBytes: 2 ** 34, freeBytes: 2 ** 33, credentials: 'certificate', sessions: [] }

export interface AnsweringAgent {
  readonly port: number
  readonly address: string
  /** Orders that came in. */
  readonly orders: string[]
}

/** `answer` null: it never answers an order. */
export async function answeringAgent(credentials: Credentials, answer: Readonly<Record<string, unknown>> | null = facts): Promise<AnsweringAgent> {
  const orders: string[] = []
  const peers = new Set<AgentConnection>()
  const door = await listenForPeers({ host: '127.0.0.1', port: 0, credentials }, (peer) => {
    peers.add(peer)
    peer.setLimits({ messageBytes: 2 ** 20, pageCount: 0, pageBytes: 0, batchPages: 0 })
    const reply = (message: Message): void => void peer.message(message).catch(() => undefined)
    peer.receive(
      onlyMessages((message) => {
        if (message.kind === 'hello') reply({ kind: 'welcome', version: message.version, agent: facts.agent, capabilities: [...capabilities] })
        if (message.kind !== 'order') return
        orders.push(message.order)
        if (answer !== null) reply({ kind: 'answer', id: message.id, ok: true, body: answer })
      }),
    )
  })
  onTestFinished(async () => {
    for (const peer of peers) peer.destroy()
    await door.close()
  })
  return { port: door.port, address: `127.0.0.1:${door.port}`, orders }
}
