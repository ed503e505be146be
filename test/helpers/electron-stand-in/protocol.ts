/** `protocol`: schemes that the program answers itself. */

type Handler = (request: Request) => Response | Promise<Response>

/** Schemes that were registered before the application was ready, and what they may do. */
export const schemes = new Map<string, Readonly<Record<string, boolean>>>()
const handlers = new Map<string, Handler>()

export const protocol = {
  registerSchemesAsPrivileged(registered: ReadonlyArray<{ readonly scheme: string; readonly privileges: Readonly<Record<string, boolean>> }>): void {
    for (const { scheme, privileges } of registered) schemes.set(scheme, privileges)
  },
  handle(scheme: string, handler: Handler): void {
    if (!schemes.has(scheme)) throw new Error(`the scheme "${scheme}" was not registered`)
    handlers.set(scheme, handler)
  },
}

export interface SchemeAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Buffer
}

/** Undefined for a scheme that nobody handles. */
export async function answerOfScheme(url: string, method: string): Promise<SchemeAnswer | undefined> {
  const handler = handlers.get(new URL(url).protocol.slice(0, -1))
  if (handler === undefined) return undefined
  // Electron's request carries the URL of the scheme, which Node's own class takes as it is.
  const response = await handler(new Request(url, { method }))
  return { status: response.status, headers: Object.fromEntries(response.headers), body: Buffer.from(await response.arrayBuffer()) }
}
