/** Text as bytes on the wire: UTF-8, and JSON in it. */

import { GodwitError } from '../model/godwit-error.ts'

// Every surrounding has these two; the language's own library does not declare them.
declare const TextEncoder: { new (): { encode(text: string): Uint8Array } }
declare const TextDecoder: { new (label: 'utf-8', options: { readonly fatal: boolean; readonly ignoreBOM: boolean }): { decode(bytes: Uint8Array): string } }

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value) ?? 'null')
}

/** Throws GodwitError `wire.json` on anything that is not JSON in UTF-8. `what` is named in the sentence. */
export function decodeJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    throw new GodwitError('wire.json', `${what} came that is no JSON; the peer is no agent of Godwit, or the connection is damaged`, { cause })
  }
}
