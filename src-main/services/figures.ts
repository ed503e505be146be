/** Figures as files, from the same recipes and the same drawing as the command line's. */

import type { AppCalls, FigureRequest } from '#shared/rpc/app-contract.ts'
import { loadRuns } from '../export/figure-runs.ts'
import type { Store } from '../store/contract.ts'
import { requireSuite } from './require-suite.ts'

const mediaTypes: Readonly<Record<FigureRequest['format'], string>> = {
  svg: 'image/svg+xml',
  pdf: 'application/pdf',
  png: 'image/png',
  tex: 'application/x-tex;charset=utf-8',
  csv: 'text/csv;charset=utf-8',
}

export function figuresService(store: Store): Pick<AppCalls, 'renderFigure'> {
  return {
    renderFigure: async ({ recipe: written, suiteIds, format }) => {
      // Charts and the drawing library are large, and most starts of the program draw nothing.
      const [{ chartOf }, { parseRecipe }, { figureCsv }, { renderFigure }] = await Promise.all([
        import('#shared/figures/chart-of.ts'),
        import('#shared/figures/recipe.ts'),
        import('../export/figure-files.ts'),
        import('../export/render-figure.ts'),
      ])
      const recipe = parseRecipe(written)
      const suites = await Promise.all(suiteIds.map((suiteId) => requireSuite(store, suiteId)))
      const spec = chartOf(recipe, await loadRuns(store, suites, [recipe]))
      const content = format === 'csv' ? Buffer.from(figureCsv(spec.table)) : await renderFigure(spec, { format })
      return { fileName: `${recipe.name ?? recipe.kind}.${format}`, mediaType: mediaTypes[format], content: content.toString('base64') }
    },
  }
}
