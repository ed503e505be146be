import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { paretoFront } from '#shared/analysis/pareto.ts'

const candidate = fc.record({ x: fc.integer({ min: 0, max: 20 }), y: fc.integer({ min: 0, max: 20 }) })

describe('the Pareto front', () => {
  it('holds exactly the candidates that no other beats', () => {
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 40 }), (all) => {
        const beaten = (place: number): boolean => all.some((other) => {
          const own = all[place]
          return own !== undefined && other.x <= own.x && other.y <= own.y && (other.x < own.x || other.y < own.y)
        })
        const expected = all.map((_, place) => place).filter((place) => !beaten(place))
        expect([...paretoFront(all)].toSorted((a, b) => a - b)).toEqual(expected)
      }),
    )
  })

  it('runs from the best in x to the best in y', () => {
    expect(paretoFront([{ x: 3, y: 1 }, { x: 1, y: 3 }, { x: 2, y: 2 }, { x: 3, y: 3 }])).toEqual([1, 2, 0])
  })

  it('takes the end that is wanted of each quantity', () => {
    expect(paretoFront([{ x: 1, y: 1 }, { x: 2, y: 2 }], { x: 'higher', y: 'higher' })).toEqual([1])
    expect(paretoFront([{ x: 1, y: 1 }, { x: 2, y: 2 }], { x: 'lower', y: 'higher' })).toEqual([0, 1])
  })

  it('is empty for no candidates', () => {
    expect(paretoFront([])).toEqual([])
  })
})
