/** The figures above the preview, each with its change since the last edit. */

import type { MigrationStats } from '#shared/model/migration-stats.ts'
import { formatNumber, formatQuantity } from '#shared/units/quantity.ts'

export interface PreviewFigure {
  readonly label: string
  readonly value: string
  /** Against the result before the last edit; empty if there is none. */
  readonly change: string
}

export function previewFigures(stats: MigrationStats, before: MigrationStats | null): readonly PreviewFigure[] {
  const time = (ms: number): string => formatQuantity(ms * 1e6, 'nanoseconds')
  const size = (bytes: number): string => formatQuantity(bytes, 'bytes')
  return [
    { label: 'Total', value: time(stats.totalMs), change: before === null ? '' : changeText(stats.totalMs, before.totalMs, time) },
    { label: 'Downtime', value: time(stats.downtimeMs), change: before === null ? '' : changeText(stats.downtimeMs, before.downtimeMs, time) },
    { label: 'Transferred', value: size(stats.transferredBytes), change: before === null ? '' : changeText(stats.transferredBytes, before.transferredBytes, size) },
    { label: 'Outcome', value: outcomeNames[stats.outcome], change: before === null || before.outcome === stats.outcome ? endText(stats) : `was ${outcomeNames[before.outcome].toLowerCase()}` },
  ]
}

const outcomeNames: Readonly<Record<MigrationStats['outcome'], string>> = { completed: 'Completed', failed: 'Failed', lost: 'Lost', cancelled: 'Cancelled', crashed: 'Broken off', invalid: 'Invalid' }

function endText({ iterationCount, stopRule }: MigrationStats): string {
  const iterations = `${iterationCount} ${iterationCount === 1 ? 'iteration' : 'iterations'}`
  return stopRule === null ? iterations : `${iterations}, ended by ${stopRule}`
}

function changeText(now: number, before: number, show: (value: number) => string): string {
  if (now === before) return 'unchanged'
  if (before === 0) return `was ${show(before)}`
  const percent = ((now - before) / before) * 100
  if (percent >= 900) return `${formatNumber(Number((now / before).toPrecision(2)))} times ${show(before)}`
  const digits = Math.abs(percent) >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))
  return `${percent > 0 ? '+' : '−'}${formatNumber(Math.abs(digits))} % from ${show(before)}`
}
