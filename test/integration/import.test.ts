/** `godwit import`: real output of valgrind and perf, broken output, and suites that replay what was imported. */

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodePageTrace, type PageTrace } from '#shared/trace/page-trace.ts'
import { main } from '../../src-main/cli/main.ts'
import { type ImportedTrace, importTrace } from '../../src-main/traces/import-trace.ts'
import { temporaryFolder } from '../helpers/temporary-folder.ts'

const recordedLackey = fileURLToPath(new URL('../helpers/traces/sort.lackey.gz', import.meta.url))
const recordedPerf = fileURLToPath(new URL('../helpers/traces/page-faults.perf.txt', import.meta.url))

const hasValgrind = spawnSync('valgrind', ['--version']).status === 0
if (!hasValgrind) process.stderr.write('skipped: reading a live trace needs valgrind\n')

async function godwit(...args: string[]) {
  let out = ''
  let err = ''
  const status = await main(args, { out: (text) => void (out += text), err: (text) => void (err += text), interactive: false })
  return { status, out, err }
}

async function imported(file: string, { pageBytes = 4096, quantumNs = 1000, instructionsPerSecond = 1e9 } = {}): Promise<ImportedTrace & { readonly trace: PageTrace }> {
  const folder = temporaryFolder()
  const result = await importTrace(file, { pageBytes, quantumNs, instructionsPerSecond, place: (digest) => join(folder, `${digest}.trace`) })
  expect(readdirSync(folder)).toEqual([`${result.digest}.trace`])
  return { ...result, trace: decodePageTrace(readFileSync(result.file)) }
}

async function importedText(text: string, options = {}): ReturnType<typeof imported> {
  const file = join(temporaryFolder(), 'text')
  writeFileSync(file, text)
  return imported(file, options)
}

interface Access {
  readonly timeNs: number
  readonly address: bigint
  readonly isWrite: boolean
}

/** What a page trace of a lackey text must be, found line by line the slow way. */
function lackeyReference(text: string, { pageBytes, quantumNs }: { readonly pageBytes: number; readonly quantumNs: number }) {
  const accesses: Access[] = []
  let instructions = -1
  for (const line of text.split('\n')) {
    const match = /^(I | [LSM]) {1,2}([\da-f]+),(\d+)$/.exec(line)
    if (match === null) continue
    const [, kind = '', address = '', size = ''] = match
    if (kind === 'I ') instructions++
    const first = BigInt(`0x${address}`) / BigInt(pageBytes)
    const last = (BigInt(`0x${address}`) + BigInt(size) - 1n) / BigInt(pageBytes)
    for (let page = first; page <= last; page++) accesses.push({ timeNs: instructions, address: page, isWrite: kind === ' S' || kind === ' M' })
  }
  const pages = [...new Set(accesses.map(({ address }) => address))].sort((one, other) => (one < other ? -1 : 1))
  const ranks = new Map(pages.map((page, rank) => [page, rank]))
  const seen = new Set<string>()
  const kept = accesses.filter(({ timeNs, address, isWrite }) => {
    const quantum = Math.floor(timeNs / quantumNs)
    if (seen.has(`${quantum} ${address} w`) || (!isWrite && seen.has(`${quantum} ${address} r`))) return false
    seen.add(`${quantum} ${address} ${isWrite ? 'w' : 'r'}`)
    return true
  })
  return { pageCount: pages.length, durationNs: instructions + 1, events: kept.map(({ timeNs, address, isWrite }) => [timeNs, ranks.get(address), isWrite ? 1 : 0]) }
}

function eventsOf({ times, pages, writes }: PageTrace): number[][] {
  return [...times].map((timeNs, index) => [timeNs, pages[index] ?? -1, writes[index] ?? -1])
}

describe('a trace of lackey', () => {
  it.each([{ pageBytes: 4096, quantumNs: 1000 }, { pageBytes: 65536, quantumNs: 1 }, { pageBytes: 4096, quantumNs: 1e9 }])('becomes exactly the page trace that going through it line by line gives ($pageBytes B, $quantumNs ns)', async (options) => {
    const text = gunzipSync(readFileSync(recordedLackey)).toString('latin1')
    const expected = lackeyReference(text, options)
    for (const { trace, warnings, kind } of [await imported(recordedLackey, options), await importedText(text, options)]) {
      expect(eventsOf(trace)).toEqual(expected.events)
      expect(trace).toMatchObject({ pageCount: expected.pageCount, durationNs: expected.durationNs, ...options })
      expect({ warnings, kind }).toEqual({ warnings: [], kind: 'lackey' })
    }
    expect(expected.events.length).toBeGreaterThan(options.quantumNs === 1e9 ? 10 : 100)
  })

  it.skipIf(!hasValgrind)('is read as valgrind writes it here', async () => {
    const file = join(temporaryFolder(), 'true.lackey')
    execFileSync('valgrind', ['--tool=lackey', '--trace-mem=yes', `--log-file=${file}`, 'true'])
    const text = readFileSync(file, 'latin1')
    const { trace } = await imported(file, { quantumNs: 5000 })
    expect(eventsOf(trace)).toEqual(lackeyReference(text, { pageBytes: 4096, quantumNs: 5000 }).events)
  })

  it('has instructions for a clock, and an access over the end of a page is one to both', async () => {
    const { trace } = await importedText('I  1000,4\n S 1fff,2\nI  1004,4\n L ffffffffffffe000,8\n', { instructionsPerSecond: 1e8 })
    expect(eventsOf(trace)).toEqual([[0, 0, 0], [0, 0, 1], [0, 1, 1], [10, 2, 0]])
    expect(trace.durationNs).toBe(20)
  })

  it.each([
    ['I  1000,4\n X 2000,8\n', 'line 2: this is no line of lackey'],
    ['==1== Lackey\nI  1000,4\n\n S 20zz,8\n', 'line 4: the address is broken: " S 20zz,8"'],
    ['I  1000,4\n S 2000,\n', 'line 2: the size is broken'],
    ['I  1000,4\n S 2000,99999999999\n', 'line 2: the size is broken'],
    ['I  1000,4\n S 12345678123456781,4\n', 'line 2: the address is broken'],
    ['I  1000,4\nhello\n', 'line 2: this is no line of lackey; keep the output of the program apart with --log-file: "hello"'],
    ['I  1000,4\n S', undefined],
    ['I  1000,4\n', undefined],
  ])('of %j is refused with the number of the line', async (text, words) => {
    if (words === undefined) expect((await importedText(text)).trace.times).toHaveLength(1)
    else await expect(importedText(text)).rejects.toThrow(words)
  })

  it('loses its last line with a warning if that is cut short', async () => {
    const { trace, warnings } = await importedText('I  1000,4\n S 2000,8\n S 300')
    expect(trace.pageCount).toBe(2)
    expect(warnings).toEqual(['the last line is cut short and was left out'])
  })

  it.each([
    ['an empty file', Buffer.alloc(0), 'has no access to memory in it'],
    ['commentary alone', Buffer.from('==1== Lackey\n==1== \n'), 'has no access to memory in it'],
    ['another text', Buffer.from('Dear reader,\nthis is a letter.\n'), 'neither output of valgrind'],
    ['a long line', Buffer.alloc(3_000_000, 'x'), 'a line of more than 64 KiB'],
    ['bytes', Buffer.from([0, 255, 10, 1, 2, 10]), 'neither output of valgrind'],
  ])('is not taken from %s', async (_, content, words) => {
    const file = join(temporaryFolder(), 'content')
    writeFileSync(file, content)
    await expect(imported(file)).rejects.toThrow(words)
  })

  it('is not taken from a packed file that is cut short', async () => {
    const file = join(temporaryFolder(), 'short.gz')
    writeFileSync(file, gzipSync('I  1000,4\n'.repeat(10_000)).subarray(0, 40))
    await expect(imported(file)).rejects.toThrow('no gzip file, or it is cut short')
  })
})

describe('samples of perf', () => {
  it('as perf script printed them here become the pages in their order', async () => {
    const { trace, kind, warnings } = await imported(recordedPerf)
    const lines = readFileSync(recordedPerf, 'utf8').trim().split('\n')
    const addresses = lines.map((line) => BigInt(`0x${line.trim().split(/\s+/).at(-1) ?? ''}`) >> 12n)
    const pages = [...new Set(addresses)].sort((one, other) => (one < other ? -1 : 1))
    expect(kind).toBe('perf')
    expect(trace.pageCount).toBe(pages.length)
    expect([...trace.pages]).toEqual(expect.arrayContaining(pages.map((_, rank) => rank)))
    const [first = '', last = ''] = [lines[0], lines.at(-1)].map((line) => /(\d+\.\d+):/.exec(line ?? '')?.[1])
    expect(trace.times.at(-1)).toBeCloseTo((Number(last) - Number(first)) * 1e9, -4)
    expect(warnings).toEqual(['no sample is a store, so a replay reads and dirties nothing'])
  })

  it('are told by event and data source, with processes apart, and addresses of the kernel too', async () => {
    const { trace, warnings } = await importedText(
      [
        '# captured on: a machine',
        '',
        'Web Content  100/101  [003]  7000000.000001:  1  cpu/mem-loads,ldlat=30/P:  7f0000001000  5080021 |OP LOAD|LVL L1 hit|  55d0 main+0x1 (/bin/x)',
        '       55d000001000 main+0x1 (/bin/x)',
        'Web Content  100/102  [002]  7000000.000003:  1  cpu/mem-stores/P:  7f0000002000',
        'sort  200/200  7000000.000003500:  cpu/mem-loads-aux/:  0',
        'sort  200/200  7000000.000004000:  mem:  7f0000001000  1 |OP STORE|LVL L1 hit|',
        'sort  200/200  7000000.000003000:  mem:  ffff888000001000  1 |OP LOAD|',
      ].join('\n') + '\n',
      { quantumNs: 1 },
    )
    expect(eventsOf(trace)).toEqual([[0, 0, 0], [2000, 1, 1], [3000, 2, 1], [3000, 3, 0]])
    expect(trace.durationNs).toBe(4000)
    expect(warnings).toEqual(['1 sample without an address left out', '1 sample older than the one before taken to be as old'])
  })

  it.each([
    ['sort 1 1.000001: 1 page-faults: 7f8a646d8b70 _start+0x0 (/lib/ld.so)\n', 'line 1: the sample has no address of data; record with perf mem record'],
    ['sort 1 1.000001: mem: 7f00\nsort 1 1.000002: mem:\n', 'line 2: the sample has no address of data'],
    ['sort 1 1.000001: mem: 7f00\nsort 1 1.000002: 17\n', 'line 2: the sample names no event'],
    ['sort 1 1.000001: mem: 7f00\nnonsense\n', 'line 2: this is no sample of perf script'],
    [' 1.000001: mem: 7f00\n', 'line 1: the sample names no thread'],
  ])('of %j are refused with the number of the line', async (text, words) => {
    await expect(importedText(text)).rejects.toThrow(words)
  })
})

const suiteOf = (trace: string, over = ''): string => `
godwit: 1
name: Replay
base:
  guest: { memory: 16 MiB, deviceState: 64 KiB, nonPageable: 0 B, freeMemory: 0 B, pageCache: 0 B }
  workload: { kind: trace, trace: ${trace}, workingSet: 8 MiB${over} }
  link: { bandwidth: 1 Gbit/s }
  strategy: { kind: precopy, policy: qemu }
repeat: 2
`

describe('godwit import', () => {
  it('keeps a trace beside the store, and a suite replays it under the name that is printed', async () => {
    const folder = temporaryFolder()
    const store = join(folder, 'lab.sqlite')
    const made = await godwit('import', recordedLackey, '--store', store, '--name', 'mine', '--quantum', '10 us')
    expect(made.status).toBe(0)
    const reference = /trace: (mine@[0-9a-f]{12})/.exec(made.out)?.[1] ?? ''
    expect(existsSync(join(folder, 'traces', `${reference}.trace`))).toBe(true)
    const suite = join(folder, 'suite.yaml')
    writeFileSync(suite, suiteOf(reference))
    const run = await godwit('run', suite, '--store', store, '--json', '--quiet')
    expect(run.err).toBe('')
    const runs = run.out.trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly outcome: string; readonly pagesSent: number })
    expect(runs.map(({ outcome }) => outcome)).toEqual(['completed', 'completed'])
    expect(runs.every(({ pagesSent }) => pagesSent > 4096)).toBe(true)
  })

  it('gives another name to another content, so that its runs are made anew', async () => {
    const folder = temporaryFolder()
    const store = join(folder, 'lab.sqlite')
    const text = join(folder, 'mine.lackey')
    const suite = join(folder, 'suite.yaml')
    const errs: string[] = []
    for (const page of ['2000', '2000', '5000']) {
      writeFileSync(text, `I  1000,4\n S ${page},8\n S ${page}000,8\n`)
      const { out } = await godwit('import', text, '--store', store, '--json')
      writeFileSync(suite, suiteOf((JSON.parse(out) as { readonly trace: string }).trace))
      errs.push((await godwit('run', suite, '--store', store)).err)
    }
    // The third has its pages in the same order of addresses and is the same trace; a load instead of a store is not.
    writeFileSync(text, 'I  1000,4\n L 2000,8\n S 2000000,8\n')
    const { out } = await godwit('import', text, '--store', store, '--json')
    writeFileSync(suite, suiteOf((JSON.parse(out) as { readonly trace: string }).trace))
    errs.push((await godwit('run', suite, '--store', store)).err)
    expect(errs.map((err) => /^2 runs made/.test(err))).toEqual([true, false, false, true])
  })

  it('takes a trace that it made, and refuses one that was changed', async () => {
    const folder = temporaryFolder()
    const out = join(folder, 'copy.trace')
    expect((await godwit('import', recordedLackey, '--out', out)).status).toBe(0)
    const again = await godwit('import', out, '--store', join(folder, 'lab.sqlite'), '--json')
    expect(JSON.parse(again.out)).toMatchObject({ kind: 'trace', trace: expect.stringMatching(/^copy@/) as string })
    const bytes = readFileSync(out)
    writeFileSync(out, bytes.subarray(0, bytes.length - 1))
    const cut = await godwit('import', out, '--store', join(folder, 'lab.sqlite'))
    expect(cut).toMatchObject({ status: 2, out: '', err: expect.stringContaining('checksum does not fit') as string })
  })

  it.each([
    [['--page-size', '5000 B'], '--page-size: a power of two'],
    [['--quantum', '0 ns'], '--quantum: a time from 1 ns'],
    [['--quantum', 'soon'], '--quantum: '],
    [['--ips', 'fast'], '--ips: a number'],
    [['--name', '../up'], '--name: "../up" is no name'],
    [['--kind', 'csv'], 'Allowed choices are lackey, perf, trace'],
    [['--kind', 'trace'], 'this is no page trace'],
    [['--kind', 'perf'], 'line 1: this is no sample of perf script'],
  ])('with %j is refused with exit status 2, and leaves nothing behind', async (args, words) => {
    const folder = temporaryFolder()
    const { status, out, err } = await godwit('import', recordedLackey, '--store', join(folder, 'lab.sqlite'), ...args)
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(err).toContain(words)
    expect(existsSync(join(folder, 'traces')) ? readdirSync(join(folder, 'traces')) : []).toEqual([])
  })

  it('of what is not there, or is a folder, is refused', async () => {
    const folder = temporaryFolder()
    expect(await godwit('import', join(folder, 'nothing'), '--store', join(folder, 'lab.sqlite'))).toMatchObject({ status: 2, err: expect.stringContaining('cannot be read') as string })
    expect(await godwit('import', folder, '--store', join(folder, 'lab.sqlite'))).toMatchObject({ status: 2, err: expect.stringContaining('is a folder') as string })
  })
})

describe('a suite that replays a trace', () => {
  async function attempt(text: string) {
    const folder = temporaryFolder()
    const suite = join(folder, 'suite.yaml')
    writeFileSync(suite, text)
    return godwit('run', suite, '--store', join(folder, 'lab.sqlite'), '--quiet', '--json')
  }

  it.each([
    [suiteOf('gone@0123456789ab'), 'the suite replays the trace "gone@0123456789ab", which is not in'],
    [suiteOf('gone'), 'there is no built-in trace "gone" (there are sort and sqlite); an imported one is named with its digest'],
    [suiteOf('""'), 'no trace is named; sort and sqlite come with Godwit'],
    [suiteOf('sort').replace('8 MiB', '1 MiB'), 'and the working set 1 MiB; make workingSet larger, or set traceFit to scaled'],
    [suiteOf('sort', ', stretch: 0'), 'below the smallest allowed value'],
  ])('is refused before anything runs (%#)', async (text, words) => {
    const { status, out, err } = await attempt(text)
    expect(err).toContain(words)
    expect({ status, out }).toEqual({ status: 2, out: '' })
  })

  it('sends more the faster it is replayed, and nothing twice once it has ended', async () => {
    const pagesSent = async (over: string): Promise<number> => {
      const { out } = await attempt(suiteOf('sort', over).replace('repeat: 2', 'repeat: 1'))
      return (JSON.parse(out) as { readonly pagesSent: number }).pagesSent
    }
    const [slow = 0, asRecorded = 0, ended] = [await pagesSent(', stretch: 1000'), await pagesSent(''), await pagesSent(', stretch: 0.000001, loop: off')]
    expect(ended).toBe(4096)
    expect(slow).toBeGreaterThan(4096)
    expect(asRecorded).toBeGreaterThan(slow)
  })
})
