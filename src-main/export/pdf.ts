/**
 * The true size of a PDF page. Skia rounds a page to whole points (0.35 mm); this puts the exact size in its place and
 * mends the table of offsets at the end of the file, which the longer text shifts.
 */

import { GodwitError } from '#shared/model/godwit-error.ts'

/** `width` and `height` in points. The drawing hangs from the upper left corner, as it was drawn. */
export function withPageSize(pdf: Buffer, width: number, height: number): Buffer {
  const text = pdf.toString('latin1')
  const box = /\/MediaBox \[0 0 (\d+) (\d+)\]/.exec(text)
  const table = /\nxref\n0 \d+\n([\s\S]*?)trailer\n[\s\S]*?startxref\n(\d+)\n%%EOF\s*$/.exec(text)
  if (box === null || table === null) throw new GodwitError('figure.pdf', 'The PDF library wrote a file of a form that Godwit does not know; draw SVG instead, and report this')
  const top = Number(box[2])
  const exact = `/MediaBox [0 ${points(top - height)} ${points(width)} ${top}]`
  const shift = exact.length - box[0].length
  const moved = (offset: string): string => String(Number(offset) + (Number(offset) > box.index ? shift : 0)).padStart(offset.length, '0')
  const entries = (table[1] ?? '').replaceAll(/^(\d{10})(?= \d{5} n)/gm, moved)
  const tail = table[0].replace(table[1] ?? '', () => entries).replace(/(?<=startxref\n)\d+/, moved)
  return Buffer.from(text.slice(0, box.index) + exact + text.slice(box.index + box[0].length, table.index) + tail, 'latin1')
}

function points(value: number): string {
  return String(Number(value.toFixed(3)))
}
