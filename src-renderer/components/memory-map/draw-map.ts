/** Draws a frame of the film of the address space: colour for what a cell holds, and a sign for what colour alone would not tell. */

import type { MemoryMapFrame } from '#shared/migration/memory-map.ts'

export interface MapColours {
  readonly empty: string
  readonly present: string
  readonly again: string
  readonly dirty: string
  readonly missing: string
  readonly demanded: string
  readonly predicted: string
  readonly released: string
  readonly fresh: string
}

export interface MapGrid {
  readonly columns: number
  /** In CSS pixels, the gap included. */
  readonly cellWidth: number
  readonly cellHeight: number
}

const gap = 1
/** A cell in which a single page of many was asked for still shows it. */
const leastShown = 0.45
/** Each time that a cell was sent again darkens it by so much. */
const againStep = 0.12
/** `sent` counts in sixteenths of a cell. */
const sentSteps = 16

/** `before` is the frame before, by which cells that something was sent of since are told; null: there is none. */
export function drawMap(brush: CanvasRenderingContext2D, frame: MemoryMapFrame, { before, grid, colours }: { readonly before: MemoryMapFrame | null; readonly grid: MapGrid; readonly colours: MapColours }): void {
  const { columns, cellWidth, cellHeight } = grid
  const [width, height] = [cellWidth - gap, cellHeight - gap]
  const share = (values: Uint8Array, cell: number): number => (values[cell] ?? 0) / 255
  for (let cell = 0; cell < frame.present.length; cell++) {
    const left = (cell % columns) * cellWidth
    const top = Math.floor(cell / columns) * cellHeight
    const layer = (fill: string, alpha: number): void => {
      if (alpha <= 0) return
      brush.globalAlpha = Math.min(1, alpha)
      brush.fillStyle = fill
      brush.fillRect(left, top, width, height)
    }
    const missing = share(frame.missing, cell)
    layer(colours.empty, 1)
    layer(colours.present, Math.min(share(frame.present, cell), 1 - missing))
    layer(colours.again, Math.max(0, (frame.sent[cell] ?? 0) / sentSteps - 1) * againStep)
    layer(colours.missing, missing * 0.5)
    layer(colours.dirty, share(frame.dirty, cell) * 0.85)
    brush.globalAlpha = 1
    if (share(frame.released, cell) > 0) slash(brush, { left, top, width, height }, colours.released)
    const predicted = share(frame.predicted, cell)
    if (predicted > 0) block(brush, { left, top, width, height, alpha: leastShown + predicted, part: 0.8 }, colours.predicted)
    const demanded = share(frame.demanded, cell)
    if (demanded > 0) block(brush, { left, top, width, height, alpha: leastShown + demanded, part: 0.45 }, colours.demanded)
    if (before !== null && (frame.sent[cell] ?? 0) > (before.sent[cell] ?? 0)) outline(brush, { left, top, width, height }, colours.fresh)
  }
  brush.globalAlpha = 1
}

interface Cell {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function slash(brush: CanvasRenderingContext2D, { left, top, width, height }: Cell, colour: string): void {
  brush.strokeStyle = colour
  brush.lineWidth = 1.5
  brush.beginPath()
  brush.moveTo(left, top + height)
  brush.lineTo(left + width, top)
  brush.stroke()
}

/** A block in the middle, whose sides are this part of the cell's. */
function block(brush: CanvasRenderingContext2D, { left, top, width, height, alpha, part }: Cell & { readonly alpha: number; readonly part: number }, colour: string): void {
  brush.globalAlpha = Math.min(1, alpha)
  brush.fillStyle = colour
  brush.fillRect(left + (width * (1 - part)) / 2, top + (height * (1 - part)) / 2, width * part, height * part)
  brush.globalAlpha = 1
}

function outline(brush: CanvasRenderingContext2D, { left, top, width, height }: Cell, colour: string): void {
  brush.strokeStyle = colour
  brush.lineWidth = 1
  brush.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1)
}
