/** The analytic models by name, in the order in which tables show them. Adding one is a file and a line here. */

import { akoushAvg, akoushHist } from './akoush.ts'
import { geometric } from './geometric.ts'
import type { MigrationModel } from './model.ts'
import { simgrid } from './simgrid.ts'
import { surveyLower, surveyUpper } from './survey.ts'

export const models = {
  'survey-lower': surveyLower,
  'survey-upper': surveyUpper,
  geometric,
  'akoush-avg': akoushAvg,
  'akoush-hist': akoushHist,
  simgrid,
} as const satisfies Readonly<Record<string, MigrationModel>>

export type ModelName = keyof typeof models
export const modelNames = Object.keys(models) as readonly ModelName[]
