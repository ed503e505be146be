/** `godwit figure`: draws a chart recipe from the results in a store. */

import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { chartOf } from '#shared/figures/chart-of.ts'
import { nearest } from '#shared/figures/nearest.ts'
import { figureKinds, parseRecipe, type Recipe } from '#shared/figures/recipe.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { SuiteEntry } from '#shared/rpc/app-contract.ts'
import { readSuite } from '#shared/scenario/read-suite.ts'
import { isTree, type Tree } from '#shared/scenario/resolve.ts'
import { figureCsv, formatOf, recipesOf } from '../../export/figure-files.ts'
import { loadRuns, suitesFor } from '../../export/figure-runs.ts'
import { renderFigure } from '../../export/render-figure.ts'
import { writeFileWhole } from '../../export/write-file.ts'
import type { Store } from '../../store/contract.ts'
import { openStore } from '../../store/open-store.ts'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'

export interface FigureOptions {
  readonly store: string
  /** Where the figure goes; its ending says the format. */
  readonly out: string
  /** Name or number of a suite; absent: the newest of each name. */
  readonly suite?: string
  /** Also write what the figure shows as CSV beside it. */
  readonly data?: boolean
  /** Dots per inch of a PNG. */
  readonly dpi?: string
  /** Fields of the recipe, which win over the file. */
  readonly metric?: string
  readonly x?: string
  readonly series?: string
  readonly title?: string
  readonly column?: string
  readonly width?: string
  readonly height?: string
  readonly point?: string
  readonly run?: string
  readonly from?: string
  readonly to?: string
  /** `PATH=VALUE`, as often as wanted. */
  readonly where?: readonly string[]
}

export async function runFigure(recipeName: string, options: FigureOptions, io: CliIo): Promise<ExitStatus> {
  const format = formatOf(options.out)
  const dpi = dotsPerInch(options.dpi)
  const given = fieldsOf(options)
  const store = await openStore(options.store, { access: 'read' })
  try {
    const suites = await suitesFor(store, options.store, options.suite)
    const recipe = await readRecipe(recipeName, given, { store, suites })
    const spec = chartOf(recipe, await loadRuns(store, suites, [recipe]))
    await writeFileWhole(options.out, await renderFigure(spec, { format, dpi }))
    io.out(`${options.out}\n`)
    if (options.data === true) {
      const path = `${options.out.slice(0, -extname(options.out).length)}.csv`
      await writeFileWhole(path, figureCsv(spec.table))
      io.out(`${path}\n`)
    }
    io.out(`${spec.caption}\n`)
    return exitStatus.success
  } finally {
    await store.close()
  }
}

function dotsPerInch(text = '300'): number {
  const dpi = Number(text)
  if (dpi >= 30 && dpi <= 2400) return dpi
  throw new GodwitError('figure.dpi', `--dpi: "${text}" is not a number of dots per inch from 30 to 2400`)
}

/** Fields of a recipe from the command line; only those given. */
function fieldsOf({ metric, x, series, title, column, width, height, point, run, from, to, where }: FigureOptions): Tree {
  const texts = Object.entries({ metric, x, series, title, column, width, height, run, from, to }).filter(([, value]) => value !== undefined)
  return {
    ...Object.fromEntries(texts),
    ...(point === undefined ? {} : { point: Number(point) }),
    ...(where === undefined ? {} : { where: Object.fromEntries(where.map(conditionOf)) }),
  }
}

function conditionOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new GodwitError('figure.recipe', `--where: "${text}" is not a condition; write a field and a value, such as link.bandwidth="1 Gbit/s"`)
  return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]
}

interface Results {
  readonly store: Store
  readonly suites: readonly SuiteEntry[]
}

/** RECIPE is a kind of figure, a recipe that the suite lists by name, or a file. */
async function readRecipe(name: string, given: Tree, results: Results): Promise<Recipe> {
  if (Object.hasOwn(figureKinds, name)) return parseRecipe({ kind: name, ...given }, name)
  const listed = await listedRecipes(results)
  const found = listed.find((recipe) => recipe['name'] === name)
  if (found !== undefined) return parseRecipe({ ...found, ...given }, name)
  const text = await textOf(name, listed.map((recipe) => String(recipe['name'])))
  return parseRecipe({ ...treeOf(text, name), ...given }, name)
}

/** The recipes of the suites as they were run, named as their files would be. */
async function listedRecipes({ store, suites }: Results): Promise<readonly Tree[]> {
  const listed: Tree[] = []
  for (const { suiteId, name } of suites) {
    const read = readSuite(await store.suiteText(suiteId), name)
    if (!read.ok) continue
    const names = recipesOf(read.suite).map((recipe) => recipe.name)
    listed.push(...read.suite.figures.map((recipe, index) => ({ ...recipe, name: names[index] })))
  }
  return listed
}

async function textOf(file: string, listed: readonly string[]): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const known = [...Object.keys(figureKinds), ...listed]
    const reason = error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is no such file, no such kind of figure, and the suite lists no recipe of that name' : `the file cannot be read (${String(error instanceof Error ? error.message : error)})`
    throw new GodwitError('figure.recipe', `"${file}": ${reason}${nearest(file, known)}; kinds are ${Object.keys(figureKinds).join(', ')}`, { cause: error })
  }
}

function treeOf(text: string, file: string): Tree {
  let value: unknown
  try {
    value = parseYaml(text)
  } catch (error) {
    throw new GodwitError('figure.recipe', `${file}: this is not YAML: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  if (isTree(value)) return value
  throw new GodwitError('figure.recipe', `${file}: a recipe is a mapping with the field "kind", which is one of ${Object.keys(figureKinds).join(', ')}`)
}
