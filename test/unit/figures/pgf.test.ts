import { describe, expect, it } from 'vitest'
import { chartOf } from '#shared/figures/chart-of.ts'
import { parseRecipe, type RecipeInput } from '#shared/figures/recipe.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { escapeTex, figureTex } from '../../../src-main/export/pgf.ts'
import { bandwidths, gridOfRuns, runOf, writeRates } from './runs.ts'

const grid = gridOfRuns()
const axes = { x: 'workload.writes', series: 'link.bandwidth' } as const

function tex(recipe: RecipeInput, runs = grid): string {
  return figureTex(chartOf(parseRecipe(recipe), runs))
}

/** Depth of braces at the end, and the least depth on the way; escaped braces do not count. */
function braces(text: string): { readonly end: number; readonly least: number } {
  let [end, least] = [0, 0]
  for (const sign of text.replaceAll(/(?<!\\)%.*$/gm, '').replaceAll(/\\./g, '')) {
    if (sign === '{') end += 1
    if (sign === '}') end -= 1
    least = Math.min(least, end)
  }
  return { end, least }
}

const written: ReadonlyArray<readonly [string, RecipeInput]> = [
  ['bars', { kind: 'bars', metric: 'downtimeMs', ...axes }],
  ['lines', { kind: 'lines', metric: 'downtimeMs', ...axes }],
  ['lines on logarithmic axes', { kind: 'lines', metric: 'totalMs', yScale: 'log', ...axes }],
  ['a band', { kind: 'band', metric: 'totalMs', ...axes }],
  ['a scatter', { kind: 'scatter', series: 'link.bandwidth' }],
  ['an iteration timeline', { kind: 'iteration-timeline', point: 1 }],
]

describe('a figure as PGF/TikZ', () => {
  it.each(written)('closes what it opens: %s', (_, recipe) => {
    const text = tex({ ...recipe, title: '100 % of {a_b} & \\c #1 $x^2~' })
    expect(braces(text)).toEqual({ end: 0, least: 0 })
    for (const environment of ['tikzpicture', 'axis']) {
      expect(text.split(`\\begin{${environment}}`)).toHaveLength(2)
      expect(text.split(`\\end{${environment}}`)).toHaveLength(2)
    }
    // pgfplots ends each plot and each drawing with a semicolon.
    const commands = text.replaceAll(/(?<!\\)%.*$/gm, '').match(/\\(addplot|draw)(?![a-z])/g) ?? []
    expect(commands.length).toBeGreaterThan(0)
    expect(text.replaceAll(/(?<!\\)%.*$/gm, '').match(/;/g)).toHaveLength(commands.length)
  })

  it('has no empty line within the axis, which TeX would take for the end of a paragraph', () => {
    for (const [, recipe] of written) expect(tex(recipe)).not.toMatch(/\n\s*\n[^$]/)
  })

  it('carries each mean of the table with its interval', () => {
    const spec = chartOf(parseRecipe({ kind: 'lines', metric: 'downtimeMs', ...axes }), grid)
    const text = figureTex(spec)
    const numbers = [...text.matchAll(/^ +(\S+) (\S+) (\S+) (\S+)$/gm)].map((match) => match.slice(1).map(Number)).filter(([x]) => !Number.isNaN(x))
    expect(numbers).toHaveLength(bandwidths.length * writeRates.length)
    spec.table.rows.forEach((row, index) => {
      const [, y = 0, plus = 0, minus = 0] = numbers[index] ?? []
      expect(y).toBeCloseTo(Number(row[3]), 3)
      expect(y + plus).toBeCloseTo(Number(row[5]), 3)
      expect(y - minus).toBeCloseTo(Number(row[4]), 3)
    })
  })

  it('names axes, series and colours, and measures as on paper', () => {
    const text = tex({ kind: 'bars', metric: 'downtimeMs', width: '10 cm', height: '5 cm', ...axes })
    expect(text).toContain('width=10cm')
    expect(text).toContain('height=5cm')
    expect(text).toContain('xlabel={Workload writes (pages/s)}')
    expect(text).toContain('xticklabels={{500},{2000},{8000},{32000}}')
    expect(text).toContain('\\definecolor{godwita}{HTML}{0072B2}')
    for (const bandwidth of bandwidths) expect(text).toContain(`\\addlegendentry{${bandwidth}}`)
    expect(text).toContain('postaction={pattern=north east lines')
  })

  it('keeps a logarithmic axis, with a tick at each value that was measured', () => {
    const text = tex({ kind: 'lines', metric: 'totalMs', yScale: 'log', ...axes })
    expect(text).toContain('xmode=log')
    expect(text).toContain('ymode=log')
    expect(text).toContain(`xtick={500,2000,8000,32000}`)
  })

  it('draws a rectangle for each iteration of a run, the last copy in its own colour', () => {
    const run = runOf({})
    const text = tex({ kind: 'iteration-timeline' }, [run])
    expect(text.match(/rectangle/g)).toHaveLength(run.iterations.length)
    expect(text.match(/fill=godwitstopped, draw=black!70, line width/g)).toHaveLength(1)
  })

  it('makes signs that TeX reads as commands harmless', () => {
    expect(escapeTex('50 % of a_b & {c} #1 $x^2~ \\input')).toBe('50 \\% of a\\_b \\& \\{c\\} \\#1 \\$x\\textasciicircum{}2\\textasciitilde{} \\textbackslash{}input')
    expect(escapeTex('one\n\ntwo')).toBe('one two')
  })

  it('is refused for a kind that pgfplots cannot draw, with what to do instead', () => {
    expect(() => tex({ kind: 'heat-map', ...axes })).toThrow(GodwitError)
    expect(() => tex({ kind: 'heat-map', ...axes })).toThrow(/"heat-map" cannot be written as PGF\/TikZ; write it as PDF/)
  })
})
