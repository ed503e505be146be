/** Works out the analytic models apart from the page: measuring a large guest's workload takes seconds. */

import { answerModels } from './answer-models.ts'
import type { ModelsRequest } from './models-protocol.ts'

self.addEventListener('message', ({ data }: MessageEvent<ModelsRequest>) => {
  self.postMessage(answerModels(data))
})
