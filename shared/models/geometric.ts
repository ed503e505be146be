/**
 * The geometric model (Liu et al. 2011; formula recalled, over 90 % accuracy verified in its abstract).
 *
 * Memory V bytes, rate R and dirtying rate D bytes a second, ratio lambda = D / R:
 *
 *     V(i) = V lambda^i          T(i) = V lambda^i / R
 *     bytes = V (1 - lambda^(n+1)) / (1 - lambda)     total = bytes / R     last copy = V lambda^n / R
 *
 * D is every write taken for a page of its own. So there is no working set, and no cap: near D = R the series goes on
 * until the policy's limit on iterations, and beyond it the guest would be sent many times its memory. That is the
 * model's known weakness and is shown, not mended.
 */

import type { MigrationModel } from './model.ts'
import { notApplicable, whyNoRateModel } from './model.ts'
import { walkPreCopy } from './pre-copy-walk.ts'
import { writesPerSecond } from './wire.ts'

export const geometric: MigrationModel = {
  label: 'Geometric',
  meaning: 'Each iteration is the one before times dirtying rate over link rate; no working set, no cap',
  origin: 'Liu et al. 2011',
  tag: 'recalled',
  bound: null,
  predict: (scenario) => {
    const reason = whyNoRateModel(scenario)
    if (reason !== null) return notApplicable(reason)
    const perNs = writesPerSecond(scenario) / 1e9
    return walkPreCopy(scenario, (fromNs, toNs) => perNs * (toNs - fromNs))
  },
}
