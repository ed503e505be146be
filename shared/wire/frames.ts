/**
 * What travels between host agents, and between the lab and an agent: frames of a type and a payload.
 *
 * A frame is 8 bytes of head, all numbers little-endian: length of the payload (u32), type (u8), and three bytes of zero.
 * Payloads are JSON (checked by a schema, `messages.ts`) but for those that carry memory or come often:
 *
 * | type     | payload                                                                                          |
 * | -------- | ------------------------------------------------------------------------------------------------ |
 * | message  | JSON, one of `Message`                                                                           |
 * | pages    | purpose u8, zero u8 x 3, count u32; per page: number u32, kind and bytes u32 (kind in the upper 4 bits); then the bytes of all pages, in order |
 * | bitmap   | number of pages u32, then one bit a page in words of 32                                          |
 * | request  | page u32                                                                                         |
 * | state    | length of the JSON u32, the JSON, then zeros: device state as large as the scenario says         |
 */

export const frameTypes = ['message', 'pages', 'bitmap', 'request', 'state'] as const
export type FrameType = (typeof frameTypes)[number]

/** How the bytes of a page are coded. `plain`: as they are; `zero`: none; `delta`: against the content sent before; the others compressed. */
export const pageKinds = ['plain', 'zero', 'delta', 'zlib', 'lz4', 'zstd'] as const
export type PageKind = (typeof pageKinds)[number]

export const purposes = ['copy', 'demand', 'prediction', 'push', 'checkpoint'] as const
export type WirePurpose = (typeof purposes)[number]

/** The table of a batch, before its bytes. */
export interface PageTable {
  readonly purpose: WirePurpose
  readonly count: number
  /** Entry i is the number of page i. */
  readonly pages: Uint32Array
  /** Index into `pageKinds`. */
  readonly kinds: Uint8Array
  /** Bytes of each page in this frame. */
  readonly lengths: Uint32Array
}

/** What a reader may accept before and after a reservation; lengths beyond it end the connection before anything is allocated. */
export interface FrameLimits {
  /** Longest payload that is no batch of pages. */
  readonly messageBytes: number
  /** Pages of the guest, and bytes of each; 0 before a reservation: no pages are accepted. */
  readonly pageCount: number
  readonly pageBytes: number
  /** Most pages in a frame. */
  readonly batchPages: number
}
