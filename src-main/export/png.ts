/** The true size of a PNG: the chunk `pHYs`, which says how many dots go to a metre and which Skia leaves out. */

import { crc32 } from 'node:zlib'

const signatureAndHeader = 33

export function withDotsPerInch(png: Buffer, dpi: number): Buffer {
  const chunk = Buffer.alloc(21)
  const dotsPerMetre = Math.round(dpi / 0.0254)
  chunk.writeUInt32BE(9, 0)
  chunk.write('pHYs', 4, 'latin1')
  chunk.writeUInt32BE(dotsPerMetre, 8)
  chunk.writeUInt32BE(dotsPerMetre, 12)
  chunk.writeUInt8(1, 16)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17)
  return Buffer.concat([png.subarray(0, signatureAndHeader), chunk, png.subarray(signatureAndHeader)])
}
