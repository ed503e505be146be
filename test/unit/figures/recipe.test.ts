import { describe, expect, it } from 'vitest'
import { parseRecipe, sizeOf } from '#shared/figures/recipe.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'

function problemOf(value: unknown): string {
  try {
    parseRecipe(value)
  } catch (error) {
    if (error instanceof GodwitError && error.code === 'figure.recipe') return error.message
    throw error
  }
  return ''
}

describe('a recipe', () => {
  it('is one column wide with letters of 7.5 pt unless it says otherwise', () => {
    const recipe = parseRecipe({ kind: 'bars' })
    expect(recipe).toMatchObject({ fontSize: 7.5, font: 'Arimo', confidence: 0.95, palette: 'colour', where: {} })
    expect(sizeOf(recipe).widthCm).toBe(8.5)
    expect(sizeOf(parseRecipe({ kind: 'bars', column: 'two' })).widthCm).toBe(17.5)
  })

  it('takes lengths in the units of paper', () => {
    expect(sizeOf(parseRecipe({ kind: 'bars', width: '100 mm', aspect: 2 }))).toEqual({ widthCm: 10, heightCm: 5 })
    expect(sizeOf(parseRecipe({ kind: 'bars', width: '4 in', height: '144pt' }))).toEqual({ widthCm: 10.16, heightCm: 5.08 })
  })

  it.each([
    [{ kind: 'barz' }, 'kind: "barz" is not a kind of figure; did you mean "bars"?'],
    [{}, 'kind: it is missing; there are iteration-timeline, bars, lines, wws'],
    [{ kind: 'bars', metrik: 'totalMs' }, 'unknown field "metrik"; did you mean "metric"?'],
    [{ kind: 'bars', width: '8.5' }, 'width: "8.5" is not a length; write a number and cm, mm, in or pt, such as 8.5 cm'],
    [{ kind: 'bars', width: '9 m' }, 'width: "9 m" is not a length'],
    [{ kind: 'bars', width: '900 cm' }, 'width: 900 cm is out of range; a figure may measure 4 cm to 60 cm'],
    [{ kind: 'bars', confidence: '100 %' }, 'confidence: a confidence lies between 50 % and 100 %'],
    [{ kind: 'wws', from: '5' }, 'from: "5" has no unit'],
    [{ kind: 'bars', fontSize: 90 }, 'fontSize: the most is 24 pt'],
    [{ kind: 'bars', name: '../../etc/passwd' }, 'name: a name has letters, digits, dots, dashes and underscores'],
    ['bars', 'a mapping with the fields of a recipe is expected'],
  ])('%j is refused with its reason', (value, message) => {
    expect(problemOf(value)).toContain(message)
  })

  it('reports all that is wrong at once', () => {
    expect(problemOf({ kind: 'bars', fontSize: 1, palette: 'pink' })).toMatch(/palette: .*; fontSize: /)
  })
})
