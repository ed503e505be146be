/**
 * Comma-separated values after RFC 4180: quotes where they are needed, lines end in CRLF.
 *
 * Text that a spreadsheet would take for a formula gets a leading apostrophe; numbers never do.
 */

export type CsvCell = string | number | boolean | null | undefined

export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

export function csvText(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  return csvLine(header) + Array.from(rows, csvLine).join('')
}

function csvCell(cell: CsvCell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell !== 'string') return String(cell)
  const text = startsLikeFormula.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const startsLikeFormula = /^[=+\-@\t\r]/
