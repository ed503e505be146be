/** The metrics a command is asked for by name. */

import { GodwitError } from '#shared/model/godwit-error.ts'
import { type Metric, metricOf, metrics } from '#shared/model/metrics.ts'
import { nearestSpelling } from '#shared/scenario/spelling.ts'

const usual = ['totalMs', 'downtimeMs', 'transferredBytes']

/** The usual three if none is named. An unknown name is a fault that says the nearest right one. */
export function chooseMetrics(names: readonly string[] = usual): readonly Metric[] {
  return names.map((name) => {
    const metric = metricOf(name)
    if (metric !== undefined) return metric
    const keys = metrics.map(({ key }) => key)
    const nearest = nearestSpelling(name, keys)
    const hint = nearest === undefined ? `choose from ${keys.join(', ')}` : `did you mean "${nearest}"?`
    throw new GodwitError('results.no-metric', `there is no metric "${name}"; ${hint}`)
  })
}
