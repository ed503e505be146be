/** Plans suites apart from the page, so that typing never waits for 100,000 runs to be multiplied out. */

import { planAnswer } from './plan-answer.ts'
import type { PlanRequest } from './plan-protocol.ts'
import { buffersOf } from './suite-outline.ts'

self.addEventListener('message', ({ data }: MessageEvent<PlanRequest>) => {
  const answer = planAnswer(data)
  const transfer = answer.ok && answer.planning.ok ? buffersOf(answer.planning.plan) : []
  self.postMessage(answer, { transfer })
})
