import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fittingPlace, type Rectangle, smallestWindow } from '../../../src-main/shell/window-place.ts'

const primary: Rectangle = { x: 0, y: 25, width: 1920, height: 1015 }
const left: Rectangle = { x: -1280, y: 0, width: 1280, height: 1024 }
const at = (bounds: Rectangle, maximized = false) => ({ bounds, maximized })

describe('the place of the window', () => {
  it('is the middle of the primary display at the first start', () => {
    expect(fittingPlace(null, [primary, left])).toEqual(at({ x: 240, y: 83, width: 1440, height: 900 }))
  })

  it('is kept on a display to the left, where coordinates are negative', () => {
    const place = at({ x: -1200, y: 10, width: 1000, height: 700 })
    expect(fittingPlace(place, [primary, left])).toEqual(place)
  })

  it('is the primary display when its own was unplugged, maximized as before', () => {
    expect(fittingPlace(at({ x: -1200, y: 10, width: 1000, height: 700 }, true), [primary])).toEqual(at({ x: 460, y: 183, width: 1000, height: 700 }, true))
  })

  it('is moved when its upper edge cannot be grasped', () => {
    expect(fittingPlace(at({ x: 100, y: -40, width: 1000, height: 700 }), [primary]).bounds.y).toBe(183)
    expect(fittingPlace(at({ x: 1850, y: 100, width: 1000, height: 700 }), [primary]).bounds.x).toBe(460)
  })

  it('is moved when nothing to grasp is left after it was cut to the display', () => {
    expect(fittingPlace(at({ x: -3000, y: 100, width: 4000, height: 700 }), [primary]).bounds).toEqual({ x: 0, y: 183, width: 1920, height: 700 })
  })

  it('shrinks to a display that has become smaller', () => {
    expect(fittingPlace(at({ x: 0, y: 25, width: 3000, height: 2000 }), [primary]).bounds).toMatchObject({ width: 1920, height: 1015 })
  })

  it('is never smaller than the smallest window where the display allows it', () => {
    expect(fittingPlace(at({ x: 10, y: 30, width: 5, height: 5 }), [primary]).bounds).toEqual({ x: 10, y: 30, ...smallestWindow })
    expect(fittingPlace(null, [{ x: 0, y: 0, width: 800, height: 480 }]).bounds).toEqual({ x: 0, y: 0, width: 800, height: 480 })
  })

  it('can be grasped on some display, whatever was remembered', () => {
    const rectangle = fc.record({ x: fc.integer({ min: -5000, max: 5000 }), y: fc.integer({ min: -5000, max: 5000 }), width: fc.integer({ min: 1, max: 9000 }), height: fc.integer({ min: 1, max: 9000 }) })
    fc.assert(
      fc.property(rectangle, fc.boolean(), (bounds, maximized) => {
        const areas = [primary, left] as const
        const { bounds: shown } = fittingPlace(at(bounds, maximized), areas)
        const seen = areas.map((area) => Math.min(shown.x + shown.width, area.x + area.width) - Math.max(shown.x, area.x))
        expect(areas.some((area, index) => (seen[index] ?? 0) >= 120 && shown.y >= area.y && shown.y + 40 <= area.y + area.height)).toBe(true)
      }),
      { seed: 20261121, numRuns: 500 },
    )
  })
})
