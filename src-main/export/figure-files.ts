/** Figures as files: one figure in one format with its data, or all figures that a suite lists. */

import { mkdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { chartOf } from '#shared/figures/chart-of.ts'
import { parseRecipe, type Recipe } from '#shared/figures/recipe.ts'
import type { ChartSpec, FigureTable } from '#shared/figures/spec.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { RunRecord } from '#shared/model/migration-stats.ts'
import { csvText } from './csv.ts'
import { type FigureFormat, renderFigure } from './render-figure.ts'
import { writeFileWhole } from './write-file.ts'

/** What a figure is drawn to when nothing else is asked for. */
export const figureFormats: readonly FigureFormat[] = ['svg', 'pdf', 'png']
const allFormats: readonly FigureFormat[] = [...figureFormats, 'tex']

/** The format that a file name asks for. */
export function formatOf(path: string): FigureFormat {
  const ending = extname(path).slice(1).toLowerCase()
  const format = allFormats.find((known) => known === (ending === 'pgf' ? 'tex' : ending))
  if (format !== undefined) return format
  throw new GodwitError('figure.format', `"${path}" does not say which format is wanted; let the name end in .svg, .pdf, .png or .tex`)
}

/** The data of a figure as text, for a file beside it. */
export function figureCsv({ columns, rows }: FigureTable): string {
  return csvText(columns, rows)
}

/** Recipes that a suite lists, each with a name for its files. */
export function recipesOf(suite: { readonly figures: ReadonlyArray<Readonly<Record<string, unknown>>> }): ReadonlyArray<Recipe & { readonly name: string }> {
  const recipes = suite.figures.map((value, index) => {
    const recipe = parseRecipe(value, `figures[${index}]`)
    return { ...recipe, name: recipe.name ?? `${index + 1}-${recipe.kind}` }
  })
  const names = recipes.map(({ name }) => name.toLowerCase())
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new GodwitError('figure.recipe', `figures: two recipes have the name "${twice}"; give each its own`)
  return recipes
}

export interface DrawnFigure {
  readonly name: string
  readonly caption: string
  readonly files: readonly string[]
}

export interface SuiteFigures {
  readonly drawn: readonly DrawnFigure[]
  /** Figures that the runs cannot give, each with the reason. */
  readonly missing: ReadonlyArray<{ readonly name: string; readonly problem: string }>
}

/**
 * Draws all figures of a suite into a folder, each as SVG, PDF and PNG with its data as CSV. A figure that these runs
 * cannot give is reported and does not keep the others from being drawn.
 */
export async function renderSuiteFigures(suite: Parameters<typeof recipesOf>[0], runs: readonly RunRecord[], folder: string): Promise<SuiteFigures> {
  const recipes = recipesOf(suite)
  if (recipes.length === 0) return { drawn: [], missing: [] }
  await mkdir(folder, { recursive: true })
  const drawn: DrawnFigure[] = []
  const missing: Array<{ name: string; problem: string }> = []
  for (const recipe of recipes) {
    const spec = specOrProblem(recipe, runs)
    if ('problem' in spec) missing.push({ name: recipe.name, problem: spec.problem })
    else drawn.push({ name: recipe.name, caption: spec.caption, files: await writeAllFormats(spec, join(folder, recipe.name)) })
  }
  return { drawn, missing }
}

function specOrProblem(recipe: Recipe, runs: readonly RunRecord[]): ChartSpec | { readonly problem: string } {
  try {
    return chartOf(recipe, runs)
  } catch (error) {
    if (error instanceof GodwitError && error.code.startsWith('figure.')) return { problem: error.message }
    throw error
  }
}

async function writeAllFormats(spec: ChartSpec, stem: string): Promise<readonly string[]> {
  const files: string[] = []
  for (const format of figureFormats) {
    const path = `${stem}.${format}`
    await writeFileWhole(path, await renderFigure(spec, { format }))
    files.push(path)
  }
  await writeFileWhole(`${stem}.csv`, figureCsv(spec.table))
  return [...files, `${stem}.csv`]
}
