/** The recipes of the suite document: read, added, changed and removed in its file, so that undo and saving see them. */

import { computed, type ComputedRef } from 'vue'
import { type FigureKind, figureKinds, parseRecipe } from '#shared/figures/recipe.ts'
import { isTree, type Tree } from '#shared/scenario/resolve.ts'
import { useSuiteDocument } from '../../stores/suite-document.ts'
import { kindLabels } from '../compare/kind-labels.ts'

export interface ListedRecipe {
  readonly index: number
  readonly fields: Tree
  readonly name: string
  readonly kindLabel: string
  /** What is wrong with it, or empty. */
  readonly problem: string
}

export interface RecipeList {
  readonly recipes: ComputedRef<readonly ListedRecipe[]>
  readonly add: (recipe: Tree) => number
  /** Undefined takes the field out. */
  readonly change: (index: number, field: string, value: unknown) => void
  readonly duplicate: (index: number) => void
  readonly remove: (index: number) => void
}

export function useRecipeList(): RecipeList {
  const suiteDocument = useSuiteDocument()
  const trees = computed(() => {
    const listed = suiteDocument.valueAt(['figures'])
    return (Array.isArray(listed) ? (listed as readonly unknown[]) : []).map((recipe) => (isTree(recipe) ? recipe : {}))
  })
  const save = (next: readonly Tree[]): void => suiteDocument.set(['figures'], next.length === 0 ? undefined : next)
  return {
    recipes: computed(() =>
      trees.value.map((fields, index) => {
        const kind = typeof fields['kind'] === 'string' ? fields['kind'] : ''
        return {
          index,
          fields,
          name: typeof fields['name'] === 'string' && fields['name'] !== '' ? fields['name'] : `${index + 1}-${kind}`,
          kindLabel: Object.hasOwn(figureKinds, kind) ? kindLabels[kind as FigureKind] : kind,
          problem: problemOf(fields),
        }
      }),
    ),
    add: (recipe) => {
      save([...trees.value, recipe])
      return trees.value.length - 1
    },
    change: (index, field, value) => {
      if (trees.value[index]?.[field] !== value) suiteDocument.set(['figures', index, field], value)
    },
    duplicate: (index) => {
      const { name: _, ...copy } = trees.value[index] ?? {}
      save([...trees.value.slice(0, index + 1), copy, ...trees.value.slice(index + 1)])
    },
    remove: (index) => save(trees.value.filter((_, place) => place !== index)),
  }
}

function problemOf(fields: Tree): string {
  try {
    parseRecipe(fields)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^the recipe: /, '') : String(error)
  }
}
