/** Sizes on paper: columns of a two-column page, and lengths as people write them. */

export const columns = { one: 8.5, two: 17.5 } as const
export const pointsPerCm = 72 / 2.54

const centimetresPer: Readonly<Record<string, number>> = { cm: 1, mm: 0.1, in: 2.54, pt: 2.54 / 72 }

/** A length in cm, or undefined where the text is not one. */
export function parseLength(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(cm|mm|in|pt)\s*$/.exec(text)
  const factor = centimetresPer[match?.[2] ?? '']
  return match?.[1] === undefined || factor === undefined ? undefined : Number(match[1]) * factor
}
