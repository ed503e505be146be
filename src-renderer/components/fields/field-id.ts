/** The element that takes the focus for a field; the command palette and problems lead to it. */
export function fieldId(path: ReadonlyArray<string | number>): string {
  return `field-${path.join('-')}`
}
