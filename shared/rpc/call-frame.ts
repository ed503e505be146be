/**
 * Whether a text from outside is a call of the contract, as `connectApp` sends it: a request with an id, for the one
 * function that there is, with a name and its arguments. Anything else must never reach the code that answers calls.
 */

const longestId = 64

export function isCallFrame(text: string): boolean {
  const message = parsed(text)
  if (typeof message !== 'object' || message === null) return false
  const { t, m, i, a } = message as Readonly<Record<string, unknown>>
  if (t !== 'q' || m !== 'call' || typeof i !== 'string' || i.length > longestId) return false
  return Array.isArray(a) && a.length === 2 && typeof a[0] === 'string' && Array.isArray(a[1])
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
