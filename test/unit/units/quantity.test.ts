import { describe, expect, test } from 'vitest'
import { type Dimension, formatQuantity, parseQuantity, writeQuantity } from '#shared/units/quantity.ts'

const read: ReadonlyArray<[text: string | number, dimension: Dimension, value: number]> = [
  ['512 MiB', 'bytes', 512 * 2 ** 20],
  ['1g', 'bytes', 1e9],
  ['4KiB', 'bytes', 4096],
  ['1_024 B', 'bytes', 1024],
  ['0', 'bytes', 0],
  ['300 ms', 'nanoseconds', 3e8],
  ['0.1 us', 'nanoseconds', 100],
  ['5 µs', 'nanoseconds', 5000],
  ['1 Gbit/s', 'bitsPerSecond', 1e9],
  ['1 Gb/s', 'bitsPerSecond', 1e9],
  ['1 GB/s', 'bitsPerSecond', 8e9],
  ['100 Mibit/s', 'bitsPerSecond', 100 * 2 ** 20],
  ['2e3 pages/s', 'pagesPerSecond', 2000],
  [2000, 'pagesPerSecond', 2000],
  ['20 %', 'fraction', 0.2],
  [0.2, 'fraction', 0.2],
]

const refused: ReadonlyArray<[text: string | number, dimension: Dimension, problem: string]> = [
  [512, 'bytes', '"512" has no unit; write for example 512 MiB'],
  ['512', 'bytes', '"512" has no unit; write for example 512 MiB'],
  ['much', 'bytes', '"much" is not a quantity; write a number and a unit, such as 512 MiB'],
  ['', 'nanoseconds', '"" is not a quantity; write a number and a unit, such as 300 ms'],
  [Infinity, 'bitsPerSecond', '"Infinity" is not a quantity; write a number and a unit, such as 1 Gbit/s'],
  [NaN, 'fraction', '"NaN" is not a quantity; write a number and a unit, such as 20 %'],
  ['1e999 s', 'nanoseconds', '"1e999 s" is not a quantity; write a number and a unit, such as 300 ms'],
  ['1 MB', 'nanoseconds', '"MB" is not a unit of nanoseconds; use one of h, min, s, ms, us, µs, μs, ns, as in 300 ms'],
  ['1 constructor', 'nanoseconds', '"constructor" is not a unit of nanoseconds; use one of h, min, s, ms, us, µs, μs, ns, as in 300 ms'],
  ['99999999 TiB', 'bytes', '"99999999 TiB" is too large to count in bytes'],
]

describe('reading a quantity', () => {
  test.each(read)('%s as %s is %d', (text, dimension, value) => {
    expect(parseQuantity(text, dimension)).toEqual({ ok: true, value })
  })

  test.each(refused)('%s as %s is refused with a reason', (text, dimension, problem) => {
    expect(parseQuantity(text, dimension)).toEqual({ ok: false, problem })
  })

  test('refuses a unit whose case decides between bits and bytes, unless the case says which', () => {
    expect(parseQuantity('1 mb/s', 'bitsPerSecond').ok).toBe(false)
    expect(parseQuantity('1 Mb/s', 'bitsPerSecond')).toEqual({ ok: true, value: 1e6 })
    expect(parseQuantity('1 MB/s', 'bitsPerSecond')).toEqual({ ok: true, value: 8e6 })
  })

  test('refuses text of a megabyte without looking through it', () => {
    const parsed = parseQuantity(`1${' '.repeat(1e6)}x`, 'bytes')
    expect(parsed).toEqual({ ok: false, problem: 'a quantity has at most 100 characters; write for example 512 MiB' })
  })
})

describe('showing a quantity', () => {
  test('picks the largest unit that keeps it at one or more', () => {
    expect(formatQuantity(1536 * 2 ** 20, 'bytes')).toBe('1.5 GiB')
    expect(formatQuantity(765e6, 'bitsPerSecond')).toBe('765 Mbit/s')
    expect(formatQuantity(0, 'nanoseconds')).toBe('0 ns')
    expect(formatQuantity(-5 * 2 ** 20, 'bytes')).toBe('-5 MiB')
  })

  test('writes the exact number where the shown one would be rounded', () => {
    expect(writeQuantity(1234567, 'bytes')).toBe('1234567 B')
    expect(writeQuantity(2 ** 53 - 1, 'bytes')).toBe('9007199254740991 B')
    expect(writeQuantity(64e9, 'bytes')).toBe('64 GB')
  })
})
