import { expect, test } from 'vitest'
import { unitForFactor } from '#shared/figures/units.ts'

test.each([
  { dimension: 'bytes', values: [2 ** 28, 2 ** 30], unit: { name: 'MiB', factor: 2 ** 20 } },
  { dimension: 'bytes', values: [2 ** 40, 2 ** 42], unit: { name: 'TiB', factor: 2 ** 40 } },
  { dimension: 'nanoseconds', values: [0, 5e6, 2e9], unit: { name: 'ms', factor: 1e6 } },
  { dimension: 'bitsPerSecond', values: [5e8, 1e10], unit: { name: 'Mbit/s', factor: 1e6 } },
  { dimension: 'fraction', values: [0.2], unit: { name: '%', factor: 0.01 } },
] as const)('a factor of $dimension from $values is counted in $unit.name', ({ dimension, values, unit }) => {
  expect(unitForFactor(dimension, values)).toEqual(unit)
})
