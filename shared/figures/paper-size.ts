/** Sizes on paper: columns of a page, and lengths as people write them. */

/** Width of a column in cm. The publishers' are those of IEEEtran (journal), acmart (sigconf) and llncs. */
export const columns = { one: 8.5, two: 17.5, ieee: 8.89, 'ieee-two': 18.18, acm: 8.47, 'acm-two': 17.79, lncs: 12.2 } as const

export type ColumnName = keyof typeof columns

export const columnMeanings: Readonly<Record<ColumnName, string>> = {
  one: 'One column of a two-column page (8.5 cm)',
  two: 'Both columns (17.5 cm)',
  ieee: 'One column of IEEE (8.89 cm)',
  'ieee-two': 'Both columns of IEEE (18.18 cm)',
  acm: 'One column of ACM (8.47 cm)',
  'acm-two': 'Both columns of ACM (17.79 cm)',
  lncs: 'The width of LNCS (12.2 cm)',
}
export const pointsPerCm = 72 / 2.54

const centimetresPer: Readonly<Record<string, number>> = { cm: 1, mm: 0.1, in: 2.54, pt: 2.54 / 72 }

/** A length in cm, or undefined where the text is not one. */
export function parseLength(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(cm|mm|in|pt)\s*$/.exec(text)
  const factor = centimetresPer[match?.[2] ?? '']
  return match?.[1] === undefined || factor === undefined ? undefined : Number(match[1]) * factor
}
