/** The machines with agents, and what each of them last said. */

import { onScopeDispose, ref, shallowRef } from 'vue'
import type { HostsOverview, HostTest } from '#shared/rpc/app-contract.ts'
import { useSession } from '../../stores/session.ts'
import type { HostState } from './host-words.ts'

export function useHosts() {
  const session = useSession()
  const overview = shallowRef<HostsOverview | null>(null)
  /** Why there is no list. */
  const problem = ref<string | null>(null)
  const states = shallowRef<ReadonlyMap<string, HostState>>(new Map())
  let isLeft = false
  onScopeDispose(() => (isLeft = true))

  async function load(): Promise<void> {
    problem.value = null
    try {
      overview.value = await session.calls.hosts()
    } catch (error) {
      problem.value = wordsOf(error)
    }
  }

  function stateOf(hostId: string): HostState {
    return states.value.get(hostId) ?? { kind: 'unknown' }
  }

  function note(hostId: string, state: HostState): void {
    states.value = new Map([...states.value, [hostId, state]])
  }

  async function test(hostId: string): Promise<void> {
    if (stateOf(hostId).kind === 'asking') return
    note(hostId, { kind: 'asking' })
    const answer = await session.calls.testHost(hostId).catch((error: unknown): HostTest => ({ ok: false, code: 'hosts.call', message: wordsOf(error) }))
    if (!isLeft) note(hostId, { kind: 'answered', test: answer, at: new Date() })
  }

  async function testAll(): Promise<void> {
    await Promise.all((overview.value?.hosts ?? []).map(({ hostId }) => test(hostId)))
  }

  /** The sentence that refuses the host; null: it was added. */
  async function add(name: string, address: string): Promise<string | null> {
    try {
      overview.value = await session.calls.addHost({ name, address })
      return null
    } catch (error) {
      return wordsOf(error)
    }
  }

  async function remove(hostId: string): Promise<void> {
    try {
      overview.value = await session.calls.removeHost(hostId)
      states.value = new Map([...states.value].filter(([known]) => known !== hostId))
    } catch (error) {
      session.report(error)
    }
  }

  return { overview, problem, load, stateOf, test, testAll, add, remove }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
