import { expect, test } from 'vitest'
import { errorInWords, valueInWords } from '#shared/models/in-words.ts'

test.each([
  [0.0514, '+5.1 %'],
  [-0.364, '-36.4 %'],
  [-0.0001, '0.0 %'],
  [0, '0.0 %'],
  [null, '-'],
  [29.128, '+2913 %'],
  [2.1e9, '+2.1e+11 %'],
])('an error of %s is written %s', (error, words) => {
  expect(errorInWords(error)).toBe(words)
})

test('a value that has exploded is written as a power of ten', () => {
  expect([valueInWords(3.14159), valueInWords(1_234_567), valueInWords(7.4466e10)]).toEqual(['3.142', '1234567', '7.4e+10'])
})
