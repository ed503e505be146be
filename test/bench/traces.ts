/** How fast a trace of valgrind is read, and in how much memory. */

import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Benchmark, Finding } from './benchmark.ts'
import { runNode } from './child.ts'

export interface CostOfImport {
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly peakMegabytes: number
  readonly pages: number
  readonly accesses: number
}

export const traceBenchmarks: readonly Benchmark[] = [{ name: 'import', title: '1 GB of lackey output, made into a page trace', measure: measureImport }]

const bytesWanted = 1e9
const importOnce = fileURLToPath(new URL('./children/import-once.ts', import.meta.url))

async function measureImport(): Promise<readonly Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-bench-'))
  try {
    const file = join(folder, 'program.lackey')
    const bytes = writeLackey(file)
    const { stdout } = await runNode(importOnce, file, join(folder, 'program.trace'))
    const cost = JSON.parse(stdout) as CostOfImport
    return [
      { what: 'speed', value: bytes / 1e6 / cost.wallSeconds, unit: 'MB/s', target: { atLeast: 100 } },
      { what: 'speed by CPU time', value: bytes / 1e6 / cost.cpuSeconds, unit: 'MB/s' },
      { what: 'peak memory', value: cost.peakMegabytes, unit: 'MB', target: { atMost: 300 } },
      { what: 'pages found', value: cost.pages, unit: 'pages' },
      { what: 'accesses kept', value: cost.accesses, unit: '' },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Code of 2 MiB in short runs, a stack, and a heap of 256 MiB of which another 16 MiB are hot in each block. The number of bytes. */
function writeLackey(file: string): number {
  const output = openSync(file, 'wx')
  let state = 1
  const draw = (bound: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
  try {
    let written = 0
    for (let block = 0; written < bytesWanted; block++) written += writeSync(output, lackeyBlock(block, draw))
    return written
  } finally {
    closeSync(output)
  }
}

function lackeyBlock(block: number, draw: (bound: number) => number): string {
  const heap = 0x5a_0000_0000 + (block % 16) * 2 ** 24
  const lines: string[] = []
  let code = 0
  for (let i = 0; i < 200_000; i++) {
    code = i % 12 === 0 ? 0x40_0000 + draw(2 ** 21) : code + 4
    lines.push(`I  ${code.toString(16).padStart(8, '0')},4`)
    const kind = draw(8)
    if (kind < 3) lines.push(` L ${(heap + draw(2 ** 24)).toString(16)},8`)
    else if (kind === 3) lines.push(` S ${(heap + draw(2 ** 22)).toString(16)},8`)
    else if (kind === 4) lines.push(` S ${(0x1f_fe00_0000 + draw(2 ** 13)).toString(16)},8`)
    else if (kind === 5) lines.push(` M ${(heap + draw(2 ** 22)).toString(16)},4`)
  }
  return `${lines.join('\n')}\n`
}
