/** The end of a switch over a closed set: the compiler proves that it is not reached. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${String(value)}`)
}
