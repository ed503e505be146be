import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadImage } from '@napi-rs/canvas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chartOf } from '#shared/figures/chart-of.ts'
import { parseRecipe, type RecipeInput } from '#shared/figures/recipe.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { formatOf, renderSuiteFigures } from '../../src-main/export/figure-files.ts'
import { renderFigure } from '../../src-main/export/render-figure.ts'
import { gridOfRuns, runOf, writeRates } from '../unit/figures/runs.ts'

const grid = gridOfRuns()
const measured = runOf({ wws: { duration: '8 s' } })
const bars = chartOf(parseRecipe({ kind: 'bars', metric: 'downtimeMs', x: 'workload.writes', series: 'link.bandwidth' }), grid)
const kinds: ReadonlyArray<readonly [string, RecipeInput]> = [
  ['iteration-timeline', { kind: 'iteration-timeline' }],
  ['wws', { kind: 'wws' }],
  ['bars', { kind: 'bars', x: 'workload.writes', series: 'link.bandwidth' }],
  ['lines', { kind: 'lines', x: 'workload.writes', series: 'link.bandwidth' }],
]

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'godwit-figures-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

function has(tool: string): boolean {
  try {
    execFileSync(tool, ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const poppler = has('pdffonts') && has('pdfimages') && has('pdftotext')
if (!poppler) process.stdout.write('Skipped: what poppler says of the PDF (pdffonts, pdfimages, pdftotext are not installed)\n')

function specOf(recipe: RecipeInput) {
  return chartOf(parseRecipe(recipe), recipe.kind === 'bars' || recipe.kind === 'lines' ? grid : [measured])
}

/** The words of an SVG, run by run. */
function textsOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? '')
}

describe('a figure as SVG', () => {
  it('measures 8.5 cm and carries its labels as text', async () => {
    const svg = (await renderFigure(bars, { format: 'svg' })).toString()
    expect(svg).toMatch(/<svg [^>]*width="8\.5cm" height="5\.6667cm" viewBox="0 0 240\.9449 160\.6299"/)
    const words = textsOf(svg).join('|')
    for (const label of ['Workload writes (pages/s)', '100 Mbit/s', '400 Mbit/s', '500', '32000', 'mean, n = 3, 95 % interval']) expect(words).toContain(label)
    expect(words).toMatch(/Downtime \((ms|s)\)/)
    expect(svg).not.toContain('<image')
    expect(svg).toContain('@font-face')
  })

  it('has a rectangle for each bar, as high as its mean', async () => {
    const svg = (await renderFigure(bars, { format: 'svg' })).toString()
    const blue = [...svg.matchAll(/<path fill="#0072B2"[^>]* d="M([\d.]+) ([\d.]+)L([\d.]+) [\d.]+L[\d.]+ ([\d.]+)/g)]
    // The first is the box of the legend.
    const tops = blue.map((match) => Number(match[2])).slice(-writeRates.length)
    const means = bars.table.rows.filter((row) => row[1] === '100 Mbit/s').map((row) => Number(row[3]))
    const share = (values: readonly number[], index: number): number => ((values[index] ?? 0) - (values[0] ?? 0)) / ((values.at(-1) ?? 0) - (values[0] ?? 0))
    expect(tops).toHaveLength(means.length)
    tops.forEach((_, index) => {
      expect(share(tops, index)).toBeCloseTo(share(means, index), 3)
    })
    // All stand on the axis, to the width of its line.
    const feet = blue.map((match) => Number(match[4])).slice(-writeRates.length)
    const zero = (tops[0] ?? 0) + (((tops[0] ?? 0) - (tops.at(-1) ?? 0)) * (means[0] ?? 0)) / ((means.at(-1) ?? 0) - (means[0] ?? 0))
    for (const foot of feet) expect(Math.abs(foot - zero)).toBeLessThan(0.5)
  })

  it('has a rectangle for each iteration of a timeline, as wide as it lasted', async () => {
    const spec = chartOf(parseRecipe({ kind: 'iteration-timeline', column: 'two' }), [measured])
    const svg = (await renderFigure(spec, { format: 'svg' })).toString()
    const filled = [...svg.matchAll(/<rect fill="(#56B4E9|#D55E00)"[^>]* width="([\d.]+)"/g)]
    expect(filled.filter((match) => match[1] === '#56B4E9')).toHaveLength(measured.iterationCount)
    expect(filled.filter((match) => match[1] === '#D55E00')).toHaveLength(1)
    const widths = filled.map((match) => Number(match[2]))
    const [first, second] = measured.iterations
    expect((widths[0] ?? 0) / (widths[1] ?? 1)).toBeCloseTo((first?.ms ?? 0) / (second?.ms ?? 1), 2)
    expect(textsOf(svg).join('|')).toMatch(/downtime [\d.]+ ms/)
  })

  it('escapes what a title contains', async () => {
    const spec = specOf({ kind: 'bars', x: 'workload.writes', series: 'link.bandwidth', title: 'A < B & "C" <script>' })
    const svg = (await renderFigure(spec, { format: 'svg' })).toString()
    expect(svg).not.toContain('<script>')
    expect(svg).toContain('A &lt; B &amp;')
  })

  it('is the same for the same runs', async () => {
    const once = (await renderFigure(bars, { format: 'svg' })).toString()
    expect((await renderFigure(bars, { format: 'svg' })).toString() === once).toBe(true)
  })
})

describe('a figure as PDF', () => {
  it('has a page of exactly 8.5 cm, or of the size asked for', async () => {
    expect((await renderFigure(bars, { format: 'pdf' })).toString('latin1')).toMatch(/\/MediaBox \[0 0\.37 240\.945 161\]/)
    expect((await renderFigure(bars, { format: 'pdf', widthCm: 17.5, heightCm: 7.62 })).toString('latin1')).toMatch(/\/MediaBox \[0 0 496\.063 216\]/)
  })

  it('has offsets that fit its objects after the page was sized', async () => {
    const pdf = (await renderFigure(bars, { format: 'pdf' })).toString('latin1')
    const start = Number(/startxref\n(\d+)/.exec(pdf)?.[1])
    expect(pdf.slice(start, start + 4)).toBe('xref')
    const offsets = [...pdf.slice(start).matchAll(/^(\d{10}) 00000 n/gm)].map((match) => Number(match[1]))
    expect(offsets.length).toBeGreaterThan(5)
    offsets.forEach((offset, index) => expect(pdf.slice(offset, offset + 12)).toMatch(new RegExp(`^${index + 1} 0 obj`)))
  })

  it.skipIf(!poppler).each(kinds)('embeds all fonts of %s, holds no raster image, and its text can be read', async (kind, recipe) => {
    const file = join(folder, `${kind}.pdf`)
    writeFileSync(file, await renderFigure(specOf(recipe), { format: 'pdf' }))
    const fonts = execFileSync('pdffonts', [file], { encoding: 'utf8' }).trim().split('\n').slice(2)
    expect(fonts.length).toBeGreaterThan(0)
    for (const line of fonts) expect(line).toMatch(/Arimo-Regular.* yes yes yes /)
    expect(execFileSync('pdfimages', ['-list', file], { encoding: 'utf8' }).trim().split('\n')).toHaveLength(2)
    expect(execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' })).toMatch(kind === 'wws' || kind === 'iteration-timeline' ? /Time \(s\)/ : /Workload writes/)
  })
})

describe('a figure as PNG', () => {
  it('has 300 dots per inch unless asked otherwise, and says so', async () => {
    const png = await renderFigure(bars, { format: 'png' })
    const image = await loadImage(png)
    expect([image.width, image.height]).toEqual([1004, 669])
    expect(png.subarray(37, 41).toString()).toBe('pHYs')
    expect(png.readUInt32BE(41)).toBe(11811)
    const coarse = await loadImage(await renderFigure(bars, { format: 'png', dpi: 72 }))
    expect([coarse.width, coarse.height]).toEqual([241, 161])
  })
})

describe('figures as files', () => {
  it('tell the format by the ending', () => {
    expect(formatOf('a/b.SVG')).toBe('svg')
    expect(formatOf('a.tex')).toBe('tex')
    expect(() => formatOf('figure')).toThrow(/end in \.svg, \.pdf, \.png or \.tex/)
  })

  it('of a suite are drawn in all formats with their data, and what cannot be drawn is reported', async () => {
    const figures = [
      { kind: 'bars', name: 'downtime', metric: 'downtimeMs', x: 'workload.writes', series: 'link.bandwidth' },
      { kind: 'wws' },
    ]
    const out = join(folder, 'suite')
    const result = await renderSuiteFigures({ figures }, grid, out)
    expect(readdirSync(out).toSorted()).toEqual(['downtime.csv', 'downtime.pdf', 'downtime.png', 'downtime.svg'])
    expect(result.drawn.map(({ name }) => name)).toEqual(['downtime'])
    expect(result.missing).toEqual([{ name: '2-wws', problem: expect.stringContaining('"wws" section') as string }])
    expect(readFileSync(join(out, 'downtime.csv'), 'utf8').split('\r\n')).toHaveLength(bars.table.rows.length + 2)
  })

  it('with one name for two figures are refused before anything is drawn', async () => {
    const out = join(folder, 'twice')
    const figures = [{ kind: 'bars', name: 'a' }, { kind: 'wws', name: 'A' }]
    await expect(renderSuiteFigures({ figures }, grid, out)).rejects.toThrow('two recipes have the name "a"')
    expect(existsSync(out)).toBe(false)
  })

  it('need a font that the machine has', async () => {
    const spec = specOf({ kind: 'bars', x: 'workload.writes', series: 'link.bandwidth', font: 'Arimoo' })
    await expect(renderFigure(spec, { format: 'svg' })).rejects.toThrow(/no font family "Arimoo".*did you mean "Arimo"/)
    await expect(renderFigure(spec, { format: 'svg' })).rejects.toBeInstanceOf(GodwitError)
  })
})
