/**
 * Migrates again and again on the same pair of agents, a third of the time with a failure, and watches what they hold on
 * to: `npm run soak [-- COUNT [SEED [calm]]]`; calm, without failures, so that the agents live through all of it. The
 * status is 1 if a run was invalid or broke, or if anything leaked.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { giveMemoryBack } from '../../src-main/agent/give-memory-back.ts'
import { connectAgent } from '../../src-main/agent/client.ts'
import { hostsInUse } from '../../src-main/lab/agents/hosts.ts'
import { runOnAgents } from '../../src-main/lab/agents/run-on-agents.ts'
import { randomMigration } from '../helpers/random-migrations.ts'
import { scenarioOf } from '../helpers/scenarios.ts'

const count = Number(process.argv[2] ?? 200)
const seed = Number(process.argv[3] ?? 1)
const isCalm = process.argv[4] === 'calm'
/** A process has filled what it keeps on purpose (code, pools, buffers) after this many looks. */
const looksToSettle = 10

interface Held {
  readonly rssMegabytes: number
  readonly threads: number
  readonly files: number
}

/** What a process holds, as the kernel tells. */
function heldBy(pid: number | 'self'): Held {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
  return { rssMegabytes: field('VmRSS') / 1024, threads: field('Threads'), files: readdirSync(`/proc/${pid}/fd`).length }
}

const hosts = hostsInUse({ placement: 'process' })
const outcomes = new Map<string, number>()
const problems: string[] = []
/** By process; an agent that was killed and started anew begins anew. */
const looks = new Map<number, number>()
const firstHeld = new Map<number, Held>()
const lastHeld = new Map<number, Held>()

function note(pid: number, held: Held): void {
  const count = (looks.get(pid) ?? 0) + 1
  looks.set(pid, count)
  if (count === looksToSettle) firstHeld.set(pid, held)
  lastHeld.set(pid, held)
}

async function look(): Promise<void> {
  giveMemoryBack()
  note(process.pid, heldBy('self'))
  for (const host of [await hosts.source(), await hosts.destination()]) {
    const client = await connectAgent(host.address)
    const { pid, sessions } = (await client.order('status', {})) as { readonly pid: number; readonly sessions: readonly unknown[] }
    await client.close()
    if (sessions.length > 0) problems.push(`an agent holds on to ${sessions.length} runs: ${JSON.stringify(sessions)}`)
    note(pid, heldBy(pid))
  }
}

for (let index = 0; index < count; index++) {
  const drawn = randomMigration(seed, index)
  const { input, hasFault } = isCalm ? { input: { ...drawn.input, faults: [] }, hasFault: false } : drawn
  const label = `${index} ${input.strategy?.kind ?? ''} ${input.workload?.kind ?? ''}${hasFault ? ` ${input.faults?.[0]?.kind ?? ''} ${input.faults?.[0]?.phase ?? ''}` : ''}`
  const began = performance.now()
  try {
    const [source, destination] = await Promise.all([hosts.source(), hosts.destination()])
    const stats = await runOnAgents({ scenario: scenarioOf(input), seed: index, source, destination, isShaped: true })
    outcomes.set(stats.outcome, (outcomes.get(stats.outcome) ?? 0) + 1)
    if (stats.outcome === 'invalid' || (stats.outcome !== 'completed' && !hasFault)) problems.push(`${label}: ${stats.outcome}: ${stats.reason?.message ?? ''}`)
    console.error(`${label}: ${stats.outcome} ${stats.reason?.code ?? ''} ${((performance.now() - began) / 1e3).toFixed(1)} s`)
  } catch (error) {
    problems.push(`${label}: ${error instanceof Error ? error.message : String(error)}`)
    console.error(problems.at(-1))
  }
  await look()
}
await hosts.close()

for (const [pid, first] of firstHeld) {
  const last = lastHeld.get(pid) ?? first
  console.log(`process ${pid}: ${first.rssMegabytes.toFixed(0)} to ${last.rssMegabytes.toFixed(0)} MB, ${first.threads} to ${last.threads} threads, ${first.files} to ${last.files} open files`)
  if (last.threads > first.threads + 2 || last.files > first.files + 4) problems.push(`process ${pid} leaks threads or files`)
  if (last.rssMegabytes > 1.1 * first.rssMegabytes + 16) problems.push(`process ${pid} holds more memory than before`)
}
console.log([...outcomes].map(([outcome, runs]) => `${runs} ${outcome}`).join(', '))
for (const problem of problems) console.log(problem)
process.exitCode = problems.length === 0 ? 0 : 1
