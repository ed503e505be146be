/** Power cuts and Ctrl-C: the program is ended in the middle of a suite, and no finished run is lost, doubled or changed. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, expect, test } from 'vitest'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { buildCli, runCli, startCli } from '../helpers/built-cli.ts'
import { smallSuite } from '../helpers/suites.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const kills = 20
const points = 20
const repeat = 200

beforeAll(buildCli, 120_000)

function folderWithSuite(): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'suite.yaml'), smallSuite({ points, repeat }))
  return folder
}

/** Numbers from 0 to 1 that are the same in every run of the test (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

async function storedRuns(path: string): Promise<readonly RunRecord[]> {
  const store = await openStore(path, { access: 'read' })
  try {
    const [suite] = await store.suites()
    return suite === undefined ? [] : await store.runs({ suiteId: suite.suiteId, timelines: true })
  } finally {
    await store.close()
  }
}

function integrityOf(path: string): { readonly integrity: unknown; readonly halfStored: unknown } {
  const database = new Database(path, { readonly: true })
  try {
    const halfStored = database
      .prepare(
        `SELECT count(*) FROM runs WHERE run_key NOT IN (SELECT run_key FROM timelines)
           OR (SELECT count(*) FROM iterations WHERE iterations.run_key = runs.run_key AND phase = 'precopy') <> iteration_count`,
      )
      .pluck()
      .get()
    return { integrity: database.pragma('integrity_check', { simple: true }), halfStored }
  } finally {
    database.close()
  }
}

const resultOf = (run: RunRecord): unknown => ({ ...run, provenance: { ...run.provenance, startedAt: '', wallMs: 0 } })

test('a suite that is killed 20 times at random moments loses and doubles no run, and ends with the results of an undisturbed one', async () => {
  const folder = folderWithSuite()
  const path = join(folder, 'lab.sqlite')
  const random = randomNumbers(20261121)
  const reported = new Set<string>()

  for (let kill = 0; kill < kills; kill++) {
    // Some die while they open the store, the others among their runs, within a commit or between two.
    const linesBefore = random() < 0.2 ? 0 : Math.ceil(random() * 60)
    const delayMs = random() * (linesBefore === 0 ? 400 : 60)
    let lines = 0
    const running = startCli(['run', 'suite.yaml', '--workers', '2', '--json', '--quiet'], {
      cwd: folder,
      onLine: (line) => {
        reported.add((JSON.parse(line) as RunRecord).runId)
        if (++lines === linesBefore) setTimeout(() => running.process.kill('SIGKILL'), delayMs)
      },
    })
    if (linesBefore === 0) setTimeout(() => running.process.kill('SIGKILL'), delayMs)
    const { signal, err } = await running.ended
    expect({ signal, err }).toEqual({ signal: 'SIGKILL', err: [] })
    // Every other time the next run itself has to mend what the kill left.
    if (kill % 2 === 1) {
      const stored = new Set((await storedRuns(path)).map(({ runId }) => runId))
      expect([...reported].filter((runId) => !stored.has(runId))).toEqual([])
      expect(integrityOf(path)).toEqual({ integrity: 'ok', halfStored: 0 })
    }
  }

  const finish = await runCli(['run', 'suite.yaml', '--workers', '2'], { cwd: folder })
  expect(finish.err.join('\n')).toMatch(/\d+ runs made in .*; \d+ of 4000 were in the store already/)
  expect(finish.status).toBe(0)
  const other = folderWithSuite()
  expect((await runCli(['run', 'suite.yaml', '--workers', '2', '--quiet'], { cwd: other })).status).toBe(0)

  const runs = await storedRuns(path)
  const ids = new Set(runs.map(({ runId }) => runId))
  expect(runs).toHaveLength(points * repeat)
  expect(ids.size).toBe(points * repeat)
  expect(reported.size).toBeGreaterThan(kills)
  expect([...reported].filter((runId) => !ids.has(runId))).toEqual([])
  expect(integrityOf(path)).toEqual({ integrity: 'ok', halfStored: 0 })
  expect(runs.map(resultOf)).toEqual((await storedRuns(join(other, 'lab.sqlite'))).map(resultOf))
})

test('Ctrl-C stops cleanly, says what is stored, and the same command continues', async () => {
  const folder = folderWithSuite()
  let lines = 0
  const running = startCli(['run', 'suite.yaml', '--workers', '2', '--json', '--out', 'results'], {
    cwd: folder,
    onLine: () => {
      if (++lines === 20) running.process.kill('SIGINT')
    },
  })
  const stopped = await running.ended
  expect(stopped.status).toBe(1)
  const said = /stopped: (\d+) of 4000 runs are stored; the same command continues/.exec(stopped.err.join('\n'))
  expect(Number(said?.[1])).toBe(stopped.out.length)
  expect(await storedRuns(join(folder, 'lab.sqlite'))).toHaveLength(stopped.out.length)
  expect(readdirSync(join(folder, 'results'))).toEqual([])

  const continued = await runCli(['run', 'suite.yaml', '--workers', '2', '--json'], { cwd: folder })
  expect(continued.status).toBe(0)
  expect(continued.out).toHaveLength(points * repeat - stopped.out.length)
  const ids = [...stopped.out, ...continued.out].map((line) => (JSON.parse(line) as RunRecord).runId)
  expect(new Set(ids).size).toBe(points * repeat)
})

test('a second Ctrl-C ends the program at once, and what was stored stays', async () => {
  const folder = folderWithSuite()
  let lines = 0
  const running = startCli(['run', 'suite.yaml', '--workers', '2', '--json'], {
    cwd: folder,
    onLine: () => {
      if (++lines !== 20) return
      running.process.kill('SIGINT')
      running.process.kill('SIGTERM')
    },
  })
  const { status, out } = await running.ended
  expect(status).toBe(130)
  expect((await storedRuns(join(folder, 'lab.sqlite'))).length).toBeGreaterThanOrEqual(out.length)
})

test('files of results hold every point and every run', async () => {
  const folder = folderWithSuite()
  const finished = await runCli(['run', 'suite.yaml', '--workers', '2', '--out', 'results', '--quiet'], { cwd: folder })
  expect(finished.status).toBe(0)
  expect(readFileSync(join(folder, 'results/runs.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(points * repeat + 1)
  const document = JSON.parse(readFileSync(join(folder, 'results/results.json'), 'utf8')) as { points: unknown[]; runs: unknown[] }
  expect([document.points.length, document.runs.length]).toEqual([points, points * repeat])
})
