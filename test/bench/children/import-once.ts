/** A process that imports one trace and prints what that cost. */

import { importTrace } from '../../../src-main/traces/import-trace.ts'
import type { CostOfImport } from '../traces.ts'

const [, , source = '', target = ''] = process.argv
const start = performance.now()
const { pageCount, eventCount } = await importTrace(source, { pageBytes: 4096, quantumNs: 1e6, instructionsPerSecond: 1e9, place: () => target })
const usage = process.resourceUsage()
const cost: CostOfImport = {
  wallSeconds: (performance.now() - start) / 1000,
  cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
  peakMegabytes: (usage.maxRSS * 1024) / 1e6,
  pages: pageCount,
  accesses: eventCount,
}
process.stdout.write(JSON.stringify(cost))
