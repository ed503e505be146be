/** How a scenario names a trace: NAME@DIGEST, so that it is told by its content. A built-in one goes by its name alone. */

import { builtInFacts } from './built-in/facts.ts'

/** Hexadecimal digits of a digest in a reference. */
export const digestDigits = 12
export const traceName = /^[a-z0-9][a-z0-9._-]{0,59}$/
const traceReference = /^[a-z0-9][a-z0-9._-]{0,59}@[0-9a-f]{12}$/

export type ReadReference = { readonly ok: true; readonly reference: string } | { readonly ok: false; readonly problem: string }

export function readTraceReference(written: string): ReadReference {
  if (written === '' || traceReference.test(written)) return { ok: true, reference: written }
  const builtIn = builtInFacts.find(({ name }) => name === written)
  if (builtIn !== undefined) return { ok: true, reference: `${builtIn.name}@${builtIn.digest}` }
  const names = builtInFacts.map(({ name }) => name).join(' and ')
  return { ok: false, problem: `there is no built-in trace "${written}" (there are ${names}); an imported one is named with its digest, NAME@DIGEST, as godwit import prints it` }
}
