/** Predictions and their errors as text, for a terminal and for the window. */

import { formatNumber } from '../units/quantity.ts'

/** Powers of ten for what has exploded. */
export function valueInWords(value: number): string {
  return Math.abs(value) < 1e7 ? formatNumber(value) : value.toExponential(1)
}

/** A relative error with its sign; a dash where it cannot be told. */
export function errorInWords(error: number | null): string {
  if (error === null) return '-'
  const size = shareInWords(Math.abs(error))
  return size === shareInWords(0) ? size : `${error < 0 ? '-' : '+'}${size}`
}

/** In percent: one decimal, and none where the error is many times the value. */
export function shareInWords(share: number): string {
  return `${share < 10 ? (share * 100).toFixed(1) : valueInWords(Math.round(share * 100))} %`
}
