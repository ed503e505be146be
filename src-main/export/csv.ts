/** Comma-separated values, as the window writes them too. */

export { type CsvCell, csvLine, csvText } from '#shared/analysis/csv.ts'
