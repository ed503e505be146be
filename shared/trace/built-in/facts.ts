/** What is known of the built-in traces without unpacking them. README.md beside this file says how they were made. */

export interface BuiltInFacts {
  readonly name: string
  /** First twelve digits of the SHA-256 of the content. */
  readonly digest: string
  readonly meaning: string
  readonly pageBytes: number
  readonly pageCount: number
  /** Pages written per second, each counted once a quantum. */
  readonly writtenPagesPerSecond: number
}

export const builtInFacts: readonly BuiltInFacts[] = [
  {
    name: 'sort',
    digest: '8017ce434999',
    meaning: 'GNU sort puts 60,000 lines in order, 85 ms',
    pageBytes: 4096,
    pageCount: 1254,
    writtenPagesPerSecond: 114_118,
  },
  {
    name: 'sqlite',
    digest: '5bcd349ffc4a',
    meaning: 'SQLite builds a table of 5,000 rows, indexes it, and looks up, changes and removes rows, 79 ms',
    pageBytes: 4096,
    pageCount: 832,
    writtenPagesPerSecond: 49_658,
  },
]
