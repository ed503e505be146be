/**
 * Quantities as people write them ("512 MiB", "1 Gbit/s", "300 ms") and the one number each stands for.
 *
 * A dimension has one base unit, which is what every number inside Godwit is in: bytes, nanoseconds, bits per second,
 * pages per second, a fraction of one. Spelling is forgiving (case of the first letter, "1g", "1Gb/s"), but prefixes
 * are exact: k, M, G, T are powers of ten and Ki, Mi, Gi, Ti powers of two.
 */

export const dimensions = ['bytes', 'nanoseconds', 'bitsPerSecond', 'pagesPerSecond', 'fraction'] as const
export type Dimension = (typeof dimensions)[number]

interface DimensionRule {
  /** What the base number counts, for error messages. */
  readonly base: string
  /** Units by spelling, as multiples of the base; the ones used for output first, from large to small. */
  readonly units: Readonly<Record<string, number>>
  /** Units that output may pick from, largest first. */
  readonly output: readonly string[]
  /** The unit that a bare number is taken in; a dimension without one insists on a unit. */
  readonly bare?: string
  /** True where a fraction of the base unit has no meaning. */
  readonly whole: boolean
  readonly example: string
}

const prefixes: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

function prefixed(...suffixes: readonly string[]): Record<string, number> {
  const units: Record<string, number> = {}
  for (const suffix of suffixes) {
    for (const [prefix, factor] of Object.entries(prefixes)) units[prefix + suffix] = factor
  }
  return units
}

const rules: Readonly<Record<Dimension, DimensionRule>> = {
  bytes: {
    base: 'bytes',
    units: prefixed('B'),
    output: ['TiB', 'GiB', 'MiB', 'KiB', 'B'],
    whole: true,
    example: '512 MiB',
  },
  nanoseconds: {
    base: 'nanoseconds',
    units: { h: 3600e9, min: 60e9, s: 1e9, ms: 1e6, us: 1e3, 'µs': 1e3, 'μs': 1e3, ns: 1 },
    output: ['s', 'ms', 'us', 'ns'],
    whole: false,
    example: '300 ms',
  },
  bitsPerSecond: {
    base: 'bits per second',
    units: {
      ...prefixed('bit/s', 'bps', 'b/s'),
      ...Object.fromEntries(Object.entries(prefixed('B/s')).map(([unit, factor]) => [unit, factor * 8])),
    },
    output: ['Tbit/s', 'Gbit/s', 'Mbit/s', 'kbit/s', 'bit/s'],
    whole: false,
    example: '1 Gbit/s',
  },
  pagesPerSecond: {
    base: 'pages per second',
    units: { 'pages/s': 1, 'page/s': 1, 'kpages/s': 1e3, 'Mpages/s': 1e6 },
    output: ['pages/s'],
    bare: 'pages/s',
    whole: false,
    example: '2000 pages/s',
  },
  fraction: {
    base: 'fraction',
    units: { '%': 0.01 },
    output: ['%'],
    bare: '',
    whole: false,
    example: '20 %',
  },
}

export type ParsedQuantity =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly problem: string }

/** Units of a dimension as people may write them, for messages and unit menus. */
export function unitsOf(dimension: Dimension): readonly string[] {
  return rules[dimension].output
}

/** Every unit of a dimension that is understood, for finding the one that was meant. */
export function unitSpellings(dimension: Dimension): readonly string[] {
  return Object.keys(rules[dimension].units)
}

/** True if a fraction of the base unit has no meaning, as with bytes. */
export function countsWhole(dimension: Dimension): boolean {
  return rules[dimension].whole
}

/** How a quantity of this dimension is written, for messages. */
export function exampleOf(dimension: Dimension): string {
  return rules[dimension].example
}

/** Longer text is refused unread: no quantity needs it, and reading it could take for ever. */
const longestQuantity = 100

/** Finds a unit by exact spelling, then by spelling without case where only one unit has it. */
function findUnit(rule: DimensionRule, spelling: string): number | undefined {
  if (Object.hasOwn(rule.units, spelling)) return rule.units[spelling]
  const folded = spelling.toLowerCase()
  const candidates = new Set<number>()
  for (const [unit, factor] of Object.entries(rule.units)) {
    const lower = unit.toLowerCase()
    if (lower === folded || lower === folded + 'b' || lower === folded + 'bit/s') candidates.add(factor)
  }
  if (candidates.size === 1) return [...candidates][0]
  return undefined
}

/** Reads a quantity. A bare number is refused where the dimension insists on a unit (all but counts of pages and fractions). */
export function parseQuantity(input: string | number, dimension: Dimension): ParsedQuantity {
  const rule = rules[dimension]
  const fail = (problem: string): ParsedQuantity => ({ ok: false, problem })
  if (typeof input === 'string' && input.length > longestQuantity) return fail(`a quantity has at most ${longestQuantity} characters; write for example ${rule.example}`)
  const match = /^\s*([+-]?(?:\d[\d_]*)?(?:\.\d+)?(?:e[+-]?\d+)?)\s*(.*?)\s*$/i.exec(String(input))
  const digits = match?.[1] ?? ''
  const spelling = match?.[2] ?? ''
  const number = Number(digits.replaceAll('_', ''))
  if (!/\d/.test(digits) || !Number.isFinite(number)) {
    return fail(`"${input}" is not a quantity; write a number and a unit, such as ${rule.example}`)
  }
  let factor: number | undefined = 1
  if (spelling !== '') factor = findUnit(rule, spelling)
  else if (rule.bare === undefined && number !== 0) {
    return fail(`"${input}" has no unit; write for example ${rule.example}`)
  }
  if (factor === undefined) {
    return fail(`"${spelling}" is not a unit of ${rule.base}; use one of ${Object.keys(rule.units).slice(0, 9).join(', ')}, as in ${rule.example}`)
  }
  const value = number * factor
  if (!rule.whole) return { ok: true, value: roundToDigits(value) }
  if (!Number.isSafeInteger(Math.round(value))) return fail(`"${input}" is too large to count in ${rule.base}`)
  return { ok: true, value: Math.round(value) }
}

/** Removes the last bits of noise that decimal fractions bring (0.1 * 3), keeping 15 digits. */
function roundToDigits(value: number): number {
  return Number(value.toPrecision(15))
}

/** Writes a quantity in the largest unit that keeps it at one or more, with at most four significant decimals. */
export function formatQuantity(value: number, dimension: Dimension): string {
  const rule = rules[dimension]
  for (const unit of rule.output) {
    const scaled = value / (rule.units[unit] ?? 1)
    if (Math.abs(scaled) >= 1 || unit === rule.output.at(-1)) return `${formatNumber(scaled)} ${unit}`
  }
  return formatNumber(value)
}

/** A number with four significant digits and no needless zeros; large whole numbers stay whole. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value)
  if (Math.abs(value) >= 1000) return String(Math.round(value))
  return String(Number(value.toPrecision(4)))
}

/** Writes a quantity so that reading it gives the same number again: exact, in the largest unit that divides it. */
export function writeQuantity(value: number, dimension: Dimension): string {
  const rule = rules[dimension]
  const candidates = dimension === 'bytes' ? [...rule.output, 'TB', 'GB', 'MB', 'kB'] : rule.output
  for (const unit of candidates) {
    const scaled = roundToDigits(value / (rule.units[unit] ?? 1))
    if (Math.abs(scaled) < 1) continue
    const text = `${scaled} ${unit}`
    if (String(scaled).length > 7) continue
    const back = parseQuantity(text, dimension)
    if (back.ok && back.value === value) return text
  }
  const smallest = rule.output.at(-1) ?? ''
  return rule.whole ? `${value} ${smallest}` : `${roundToDigits(value / (rule.units[smallest] ?? 1))} ${smallest}`
}
