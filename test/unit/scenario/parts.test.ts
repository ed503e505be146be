import { describe, expect, test } from 'vitest'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { canonicalJson, sha256Hex } from '#shared/scenario/canonical.ts'
import { fieldPaths, lookUpField } from '#shared/scenario/field-index.ts'
import { repetitionSeed } from '#shared/scenario/seeds.ts'
import { nearestSpelling } from '#shared/scenario/spelling.ts'
import { upgradeDocument } from '#shared/scenario/upgrade.ts'

describe('canonical JSON', () => {
  test('sorts keys at every depth and writes no white space', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é"' }], a: true })).toBe('{"a":true,"b":[1,{"c":"é\\"","d":null}]}')
  })

  test('writes minus zero as zero', () => {
    expect(canonicalJson(-0)).toBe('0')
  })

  test.each([[NaN], [Infinity], [undefined], [1n], [Symbol('x')]])('refuses %s', (value) => {
    expect(() => canonicalJson({ value })).toThrow(GodwitError)
  })

  test('is digested with SHA-256 over UTF-8', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(sha256Hex('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
  })
})

describe('the seeds of repetitions', () => {
  test('never change, because results are found by them', () => {
    expect([1, 2, 3].map((repetition) => repetitionSeed(42, repetition))).toEqual([1066519350, 2011917150, 1376343792])
    expect(repetitionSeed(2 ** 40 + 42, 1)).toBe(2157240268)
  })

  test('differ from each other', () => {
    const seeds = Array.from({ length: 100_000 }, (_, repetition) => repetitionSeed(7, repetition))
    expect(new Set(seeds).size).toBe(seeds.length)
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true)
  })

  test('of neighbouring suites have nothing in common', () => {
    const first = new Set(Array.from({ length: 1000 }, (_, repetition) => repetitionSeed(1, repetition)))
    const shared = Array.from({ length: 1000 }, (_, repetition) => repetitionSeed(2, repetition)).filter((seed) => first.has(seed))
    expect(shared).toEqual([])
  })

  test('have each bit set half of the time', () => {
    const count = 20_000
    for (let bit = 0; bit < 32; bit++) {
      const set = Array.from({ length: count }, (_, repetition) => (repetitionSeed(3, repetition) >>> bit) & 1).reduce((sum, one) => sum + one, 0)
      expect(Math.abs(set / count - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / count))
    }
  })
})

describe('the nearest spelling', () => {
  test.each([
    ['bandwidht', 'bandwidth'],
    ['Latency', 'latency'],
    ['latenzy', 'latency'],
    ['colour', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ])('of %s is %s', (word, expected) => {
    expect(nearestSpelling(word, ['bandwidth', 'latency', 'background'])).toBe(expected)
  })

  test('of a word is none where there are no candidates', () => {
    expect(nearestSpelling('word', [])).toBeUndefined()
  })
})

describe('the fields of a scenario', () => {
  test('are all found by their own paths', () => {
    const missing = fieldPaths().filter((path) => !lookUpField(path).ok)
    expect(missing).toEqual([])
    expect(fieldPaths()).toEqual(expect.arrayContaining(['link.bandwidth', 'workload.processes.0.writes', 'strategy.stop.iterations', 'faults.0.at']))
  })

  test.each(['link', 'workload.processes', 'faults.0', 'guest.memory.size', '', 'link.', 'constructor', 'guest.toString'])('are not %s', (path) => {
    expect(lookUpField(path).ok).toBe(false)
  })
})

describe('upgrading a file', () => {
  const steps = {
    1: (document: Readonly<Record<string, unknown>>) => ({ ...document, title: document['name'] }),
    2: (document: Readonly<Record<string, unknown>>) => ({ ...document, title: `${String(document['title'])}!` }),
  }

  test('goes from version to version until the newest', () => {
    expect(upgradeDocument({ godwit: 1, name: 'x' }, steps, 3)).toEqual({ ok: true, document: { godwit: 3, name: 'x', title: 'x!' } })
    expect(upgradeDocument({ godwit: 2, title: 'x' }, steps, 3)).toEqual({ ok: true, document: { godwit: 3, title: 'x!' } })
  })

  test('leaves a file of the newest version as it is', () => {
    expect(upgradeDocument({ godwit: 3, name: 'x' }, steps, 3)).toEqual({ ok: true, document: { godwit: 3, name: 'x' } })
  })

  test.each([[0], [-1], [1.5], ['1'], [null], [true]])('refuses %j as a version', (version) => {
    expect(upgradeDocument({ godwit: version }, steps, 3)).toEqual({ ok: false, message: `${JSON.stringify(version)} is not a version of the format; write godwit: 3` })
  })

  test('says so if a step was dropped', () => {
    expect(upgradeDocument({ godwit: 1 }, { 2: steps[2] }, 3)).toEqual({ ok: false, message: 'files of format 1 can no longer be read' })
  })
})
