import { describe, expect, it } from 'vitest'
import { greySeriesStyles, lightness, meanings, okabeIto, seriesStyles } from '#shared/figures/palette.ts'

/** The least difference of lightness that two areas of a printed page need to be told apart. */
const leastStep = 10

describe('the palette', () => {
  it.each([
    ['colour', seriesStyles],
    ['grey', greySeriesStyles],
  ])('keeps the first four series apart in greyscale (%s)', (_, styles) => {
    const steps = styles.slice(0, 4).map((style) => lightness(style.colour)).toSorted((one, other) => one - other)
    for (let index = 1; index < steps.length; index++) expect((steps[index] ?? 0) - (steps[index - 1] ?? 0)).toBeGreaterThan(leastStep)
  })

  it('repeats each colour by mark, fill and dash', () => {
    const signs = seriesStyles.map(({ mark, filled, dash }) => `${mark} ${String(filled)} ${dash.join('-')}`)
    expect(new Set(signs).size).toBe(seriesStyles.length)
    expect(new Set(seriesStyles.map(({ mark, filled }) => `${mark} ${String(filled)}`)).size).toBe(seriesStyles.length)
  })

  it('sets bars of neighbouring series apart by hatching or by lightness', () => {
    seriesStyles.slice(1).forEach((style, index) => {
      const before = seriesStyles[index]
      const differs = style.hatch !== before?.hatch || Math.abs(lightness(style.colour) - lightness(before.colour)) > leastStep
      expect(differs).toBe(true)
    })
  })

  it('gives phases colours of their own', () => {
    const phases = [meanings.setup, meanings.precopy, meanings['stop-and-copy'], meanings.postcopy, meanings.activation]
    expect(new Set(phases).size).toBe(phases.length)
    expect(seriesStyles.map((style) => style.colour)).not.toContain(meanings['stop-and-copy'])
  })

  it('measures lightness as CIE does', () => {
    expect(lightness('#000000')).toBe(0)
    expect(lightness('#FFFFFF')).toBeCloseTo(100, 3)
    expect(lightness('#777777')).toBeCloseTo(50.03, 1)
    expect(lightness(okabeIto.yellow)).toBeGreaterThan(lightness(okabeIto.blue))
  })
})
