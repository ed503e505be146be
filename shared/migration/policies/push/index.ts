/** The push orders by the names that scenarios give them. */

import type { Scenario } from '../../../scenario/scenario.ts'
import { dual, multiPivot } from './bubbling.ts'
import { forward, linear } from './linear.ts'
import type { MakePushOrder } from './push-order.ts'

export interface PushOptions {
  readonly pageCount: number
  /** Pivots of multi-pivot bubbling at most. */
  readonly pivots: number
}

export type PushOrderName = Scenario['strategy']['push']

export const pushOrders: Readonly<Record<PushOrderName, MakePushOrder<PushOptions>>> = {
  linear,
  forward,
  dual,
  'multi-pivot': multiPivot,
}
