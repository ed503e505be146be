/**
 * Where the window stood last, and where it may stand now: displays are unplugged and change their size between two
 * starts, and a window out of sight is a program that does not start.
 */

import { join } from 'node:path'
import * as z from 'zod'
import { type JsonFile, jsonFile } from '../services/json-file.ts'

/** In the system's coordinates, which may be negative on a display to the left. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface WindowPlace {
  readonly bounds: Rectangle
  readonly maximized: boolean
}

export const smallestWindow = { width: 960, height: 600 } as const
const firstWindow = { width: 1440, height: 900 } as const

/** So much of the window's upper edge must be on a display that it can be grasped and moved. */
const graspWidth = 120
const graspHeight = 40

const schema: z.ZodType<WindowPlace | null> = z
  .object({
    bounds: z.object({ x: z.int(), y: z.int(), width: z.int().min(1).max(100_000), height: z.int().min(1).max(100_000) }),
    maximized: z.boolean(),
  })
  .nullable()

export function windowPlaceFile(folder: string, onNotice: (sentence: string) => void): JsonFile<WindowPlace | null> {
  return jsonFile<WindowPlace | null>({ path: join(folder, 'place.json'), schema, absent: null, without: 'the window opens where it does the first time', onNotice })
}

/** `workAreas` are the usable parts of the displays, the primary one first. */
export function fittingPlace(remembered: WindowPlace | null, workAreas: readonly [Rectangle, ...Rectangle[]]): WindowPlace {
  if (remembered === null) return { bounds: centred(firstWindow, workAreas[0]), maximized: false }
  const { bounds, maximized } = remembered
  for (const area of workAreas) {
    const fitted = { ...bounds, width: fit(bounds.width, smallestWindow.width, area.width), height: fit(bounds.height, smallestWindow.height, area.height) }
    // Only after it was cut to size: what remains of a wide window may lie beside the display.
    if (canBeGrasped(fitted, area)) return { bounds: fitted, maximized }
  }
  return { bounds: centred(bounds, workAreas[0]), maximized }
}

function canBeGrasped(window: Rectangle, area: Rectangle): boolean {
  const seen = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
  return seen >= graspWidth && window.y >= area.y && window.y + graspHeight <= area.y + area.height
}

function centred(size: { readonly width: number; readonly height: number }, area: Rectangle): Rectangle {
  const width = fit(size.width, smallestWindow.width, area.width)
  const height = fit(size.height, smallestWindow.height, area.height)
  return { x: area.x + Math.round((area.width - width) / 2), y: area.y + Math.round((area.height - height) / 2), width, height }
}

/** A display smaller than the smallest window gets what it can show. */
function fit(length: number, smallest: number, available: number): number {
  return Math.min(available, Math.max(smallest, length))
}
