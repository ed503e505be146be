/** A step of the store's format. A released migration is never edited; a change is a new one. */
export interface Migration {
  /** The `user_version` that the store has afterwards. */
  readonly version: number
  readonly name: string
  readonly sql: string
}
