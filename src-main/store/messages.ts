/**
 * The messages between the store's worker and its client: a request with a number, and one answer with the same number.
 * Errors travel as data, because a thrown error loses its code on the way between threads.
 */

import { GodwitError } from '#shared/model/godwit-error.ts'
import type { StoreCalls, StoreOptions } from './contract.ts'

export interface StoreWorkerData {
  readonly path: string
  readonly options: StoreOptions
}

export type StoreRequest =
  | { [Method in keyof StoreCalls]: { readonly id: number; readonly method: Method; readonly args: Parameters<StoreCalls[Method]> } }[keyof StoreCalls]
  | { readonly id: number; readonly method: 'close'; readonly args: [] }

export interface ErrorData {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/** The answer to request 0, which nobody sends, says that the store is open. */
export const openingId = 0

export type StoreAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorData }

export function errorToData(error: unknown): ErrorData {
  if (error instanceof GodwitError) return { code: error.code, message: error.message, details: error.details }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { code: 'store.unexpected', message: `the store failed in an unexpected way: ${message}`, details: {} }
}

export function errorFromData(data: ErrorData): GodwitError {
  return new GodwitError(data.code, data.message, { details: data.details })
}
