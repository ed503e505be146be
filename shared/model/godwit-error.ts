/**
 * The one error type. `code` is stable and names the kind of fault, the message is a sentence that a person can act on.
 * Expected outcomes of a migration (did not converge, refused, cancelled, lost) are values, not errors.
 */
export class GodwitError extends Error {
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, options: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GodwitError'
    this.code = code
    this.details = options.details ?? {}
  }
}
