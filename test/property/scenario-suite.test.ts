import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { planSuite } from '#shared/scenario/expand.ts'
import type { SuitePlan } from '#shared/scenario/plan.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'
import { type Dimension, formatQuantity, parseQuantity, writeQuantity } from '#shared/units/quantity.ts'

function planOf(document: object, write: (document: object) => string = JSON.stringify): SuitePlan {
  const read = readSuite(write(document), 'property.yaml')
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const planned = planSuite(read.suite)
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems))
  return planned.plan
}

const distinct = (arbitrary: fc.Arbitrary<number>): fc.Arbitrary<number[]> => fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 4 })

/** Small suites over fields of several kinds, every one of them valid. */
const suites = fc.record({
  name: fc.constant('Property'),
  godwit: fc.constant(1),
  base: fc.record({
    guest: fc.record({ memory: fc.constant('256 MiB'), vcpus: fc.integer({ min: 1, max: 8 }) }),
    workload: fc.record({ kind: fc.constantFrom('uniform', 'zipf', 'idle'), workingSet: fc.constant('16 MiB') }),
  }),
  vary: fc
    .tuple(
      distinct(fc.integer({ min: 0, max: 1e6 })).map((rates) => ({ field: 'workload.writes', values: rates })),
      distinct(fc.integer({ min: 1, max: 10_000 })).map((rates) => ({ field: 'link.bandwidth', values: rates.map((rate) => `${rate} Mbit/s`) })),
      fc.integer({ min: 2, max: 5 }).map((steps) => ({ field: 'link.latency', range: { from: '1 us', to: '1 ms', steps, scale: 'log' } })),
      fc.integer({ min: 1, max: 4 }).map((size) => ({
        zip: [
          { field: 'strategy.stop.iterations', values: Array.from({ length: size }, (_, index) => index) },
          { field: 'strategy.batch', values: Array.from({ length: size }, (_, index) => index + 1) },
        ],
      })),
    )
    .chain((entries) => fc.shuffledSubarray(entries)),
  repeat: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
})

type SuiteDocument = typeof suites extends fc.Arbitrary<infer Document> ? Document : never

function sizesOf(document: SuiteDocument): number[] {
  return document.vary.map((entry) => ('zip' in entry ? (entry.zip[0]?.values.length ?? 0) : 'range' in entry ? entry.range.steps : entry.values.length))
}

/** The same data with the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).reverse().map(([key, inner]) => [key, reversed(inner)]))
}

describe('a suite, whatever it varies,', () => {
  test('has as many points as the product of its factors, and as many runs as points times repetitions', () => {
    fc.assert(
      fc.property(suites, (document) => {
        const { points, runs } = planOf(document)
        const product = sizesOf(document).reduce((all, size) => all * size, 1)
        expect(points).toHaveLength(product)
        expect(runs).toHaveLength(product * document.repeat)
        expect(new Set(runs.map(({ runId }) => runId)).size).toBe(runs.length)
        expect(new Set(points.map(({ factors }) => JSON.stringify(factors))).size).toBe(points.length)
      }),
      { numRuns: 60 },
    )
  })

  test('is balanced: at any moment no point is more than one run ahead of another', () => {
    fc.assert(
      fc.property(suites, (document) => {
        const { points, runs } = planOf(document)
        const done = points.map(() => 0)
        for (const { point, repetition } of runs) {
          expect(done[point.index]).toBe(repetition - 1)
          done[point.index] = repetition
          expect(Math.max(...done) - Math.min(...done)).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('gives the same ids however its file is written: JSON, YAML, keys in another order', () => {
    fc.assert(
      fc.property(suites, (document) => {
        const ids = (plan: SuitePlan): string[] => plan.runs.map(({ runId }) => runId)
        const expected = ids(planOf(document))
        expect(ids(planOf(document))).toEqual(expected)
        expect(ids(planOf(document, stringify))).toEqual(expected)
        expect(ids(planOf(reversed(document) as object))).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  test('gives a run of one repetition the same seed at every point', () => {
    fc.assert(
      fc.property(suites, (document) => {
        const seeds = new Map<number, Set<number>>()
        for (const { repetition, seed } of planOf(document).runs) seeds.set(repetition, (seeds.get(repetition) ?? new Set()).add(seed))
        expect([...seeds.values()].every(({ size }) => size === 1)).toBe(true)
        expect(new Set([...seeds.values()].flatMap((set) => [...set])).size).toBe(document.repeat)
      }),
      { numRuns: 40 },
    )
  })
})

describe('a suite file of any text', () => {
  test('is read or refused, and every problem has a place in the file', () => {
    const lines = fc.constantFrom('godwit: 1', 'name: x', 'base:', '  link: { bandwidth: 1 }', '  guest:', '    memory: -1', 'vary:', '  - { field: a', '- 1', '"', '&a [*a]', '? {}', '}', 'repeat: 1e9', '\t', '!!binary x', 'constraint: (((', '...', '---')
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(lines, { maxLength: 8 }).map((all) => all.join('\n'))), (text) => {
        const read = readSuite(text, 'any.yaml')
        const problems = read.ok ? [] : read.problems
        expect(read.ok).toBe(problems.length === 0)
        for (const { line, column, message } of problems) {
          expect(line).toBeGreaterThanOrEqual(1)
          expect(line).toBeLessThanOrEqual(text.split(/\r\n|\r|\n/).length)
          expect(column).toBeGreaterThanOrEqual(1)
          expect(message).not.toBe('')
        }
      }),
      { numRuns: 500 },
    )
  })
})

const magnitudes = fc.double({ min: 1e-3, max: 1e15, noNaN: true }).map((value) => Number(value.toPrecision(15)))

describe('a quantity', () => {
  test.each<[Dimension, fc.Arbitrary<number>]>([
    ['bytes', fc.oneof(fc.maxSafeNat(), fc.nat(), fc.integer({ min: 0, max: 1 << 20 }).map((count) => count * 2 ** 20))],
    ['nanoseconds', fc.oneof(fc.maxSafeNat().map((value) => Number(value.toPrecision(15))), magnitudes)],
    ['bitsPerSecond', fc.oneof(magnitudes, fc.nat().map((rate) => rate * 1e6))],
    ['pagesPerSecond', magnitudes],
    ['fraction', fc.double({ min: 0, max: 1, noNaN: true, minExcluded: true }).filter((value) => value > 1e-9).map((value) => Number(value.toPrecision(13)))],
  ])('of %s that was written is read back as the same number', (dimension, values) => {
    fc.assert(
      fc.property(values, (value) => {
        expect(parseQuantity(writeQuantity(value, dimension), dimension)).toEqual({ ok: true, value })
      }),
      { numRuns: 2000 },
    )
  })

  test('that is shown is off by no more than a thousandth', () => {
    fc.assert(
      fc.property(magnitudes, (value) => {
        const read = parseQuantity(formatQuantity(value, 'nanoseconds'), 'nanoseconds')
        expect(read.ok && Math.abs(read.value / value - 1) < 1e-3).toBe(true)
      }),
    )
  })

  test('is never made of just any text, nor does any text break the reader', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom<Dimension>('bytes', 'nanoseconds', 'bitsPerSecond', 'pagesPerSecond', 'fraction'), (text, dimension) => {
        const read = parseQuantity(text, dimension)
        expect(read.ok ? /\d/.test(text) && Number.isFinite(read.value) : read.problem.length > 0).toBe(true)
      }),
    )
  })
})
