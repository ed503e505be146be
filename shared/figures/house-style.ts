/** What all figures have in common: letters, lines, axes and legend, in points for paper. */

import { formatNumber } from '../units/quantity.ts'
import type { Drawing } from './drawing.ts'
import type { Recipe } from './recipe.ts'

/** The family that comes with Godwit, in its subsets; they stand behind every other family. */
export const ownFamilies = ['Arimo', 'Arimo latin-ext', 'Arimo greek', 'Arimo cyrillic'] as const

export interface Lettering {
  /** Families, most wanted first, as a canvas and a style sheet take them. */
  readonly family: string
  readonly size: number
  readonly small: number
}

export function letteringOf(recipe: Recipe): Lettering {
  return { family: familyList(recipe.font), size: recipe.fontSize, small: Math.max(5, recipe.fontSize - 1) }
}

/** DejaVu has nearly every sign; where it is installed it helps out. */
function familyList(wanted: string): string {
  const families = new Set([wanted, ...ownFamilies, 'DejaVu Sans'])
  return [...families].map((family) => `"${family.replaceAll('"', '')}"`).join(', ') + ', sans-serif'
}

/** The font in the notation of a canvas context. */
export function canvasFont({ family }: Lettering, size: number): string {
  return `${size}px ${family}`
}

/** Options that hold for the whole figure; `note` is written small above the plot. */
export function commonOptions(recipe: Drawing, note: string) {
  const { ink } = recipe
  const { family, size, small } = letteringOf(recipe)
  return {
    animation: false as const,
    responsive: false,
    events: [],
    devicePixelRatio: 1,
    font: { family, size, lineHeight: 1.15 },
    color: ink.text,
    layout: { padding: { left: 1, right: 5, top: 2, bottom: 1 } },
    plugins: {
      title: { display: recipe.title !== undefined, text: recipe.title ?? '', color: ink.text, font: { family, size: size + 1, weight: 'normal' as const }, padding: { top: 0, bottom: 2 } },
      subtitle: { display: note !== '', text: note, color: ink.axis, align: 'end' as const, font: { family, size: small }, padding: { top: 0, bottom: 3 } },
      tooltip: { enabled: false },
      decimation: { enabled: false },
    },
  }
}

/** Symbols of the legend: marks for points and lines, wide boxes for areas. The title says what the names are values of. */
export function legend(recipe: Drawing, symbol: 'none' | 'mark' | 'box', title = '') {
  const { ink } = recipe
  const { family, size } = letteringOf(recipe)
  const shape = symbol === 'box' ? { pointStyleWidth: size * 1.8, boxWidth: size * 0.7, boxHeight: size * 0.7 } : { boxWidth: size * 0.55, boxHeight: size * 0.55 }
  return {
    display: symbol !== 'none' && recipe.legend !== 'none',
    position: recipe.legend === 'none' ? ('top' as const) : recipe.legend,
    align: 'start' as const,
    title: { display: title !== '', text: title, position: 'start' as const, color: ink.text, font: { family, size }, padding: { top: 0, bottom: 0 } },
    labels: { usePointStyle: true, ...shape, padding: size * 0.55, color: ink.text, font: { family, size } },
  }
}

export interface AxisOptions {
  readonly label: string
  readonly grid?: boolean
}

/** Lines, marks and letters of an axis; what it counts is added by the figure. */
export function axis(recipe: Drawing, { label, grid = false }: AxisOptions) {
  const { ink } = recipe
  const { family, size } = letteringOf(recipe)
  return {
    border: { display: true, color: ink.axis, width: 0.6 },
    grid: { display: true, drawOnChartArea: grid, color: ink.grid, lineWidth: 0.4, drawTicks: true, tickLength: 3, tickColor: ink.axis, tickWidth: 0.5 },
    title: { display: label !== '', text: label, color: ink.text, font: { family, size }, padding: { top: 1, bottom: 1 } },
    ticks: { color: ink.text, font: { family, size }, padding: 2, maxRotation: 45, autoSkipPadding: size * 0.8 },
  }
}

/** An axis that counts something: its numbers are written as everywhere in Godwit, and only round ones. */
export function numberAxis(recipe: Drawing, options: AxisOptions) {
  const base = axis(recipe, options)
  return { ...base, ticks: { ...base.ticks, includeBounds: false, callback: (value: string | number) => formatNumber(Number(Number(value).toPrecision(12))) } }
}

/** Has an axis show ticks at these values and no others. */
export function ticksAt(values: readonly number[]) {
  return (scale: { ticks: Array<{ value: number }> }): void => {
    scale.ticks = values.map((value) => ({ value }))
  }
}

/** Round values within a range, in steps of 1, 2 or 5 times a power of ten, about `count` of them. */
export function roundTicks(min: number, max: number, count: number): readonly number[] {
  const rough = (max - min) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5].find((mantissa) => mantissa * power >= rough * 0.999) ?? 10) * power
  const first = Math.ceil(min / step - 1e-9)
  const last = Math.floor(max / step + 1e-9)
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}
