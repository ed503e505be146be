/**
 * The letters of figures. Arimo (metrics of Helvetica and Arial, licence OFL 1.1) comes with Godwit, so that a figure
 * looks the same on every machine; any family installed on the system may be asked for instead.
 */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { GlobalFonts } from '@napi-rs/canvas'
import { ownFamilies } from '#shared/figures/house-style.ts'
import { nearest } from '#shared/figures/nearest.ts'
import { GodwitError } from '#shared/model/godwit-error.ts'

const [ownFamily] = ownFamilies

/** Has Arimo ready for drawing, and refuses a family that this machine does not have. */
export function requireFont(family: string): void {
  registerOwnFamilies()
  if (GlobalFonts.has(family)) return
  const known = [...new Set(GlobalFonts.families.map((one) => one.family))].filter((name) => !name.startsWith(`${ownFamily} `)).toSorted()
  throw new GodwitError('figure.font', `There is no font family "${family}" on this machine${nearest(family, known)}; there are ${known.join(', ')}`)
}

/** The plain letters of Arimo as WOFF 2, to be carried inside an SVG file. */
export function ownFontFile(): Buffer {
  return readFontFile('latin')
}

// The canvas keeps its fonts for the whole process: registering twice would only cost time.
function registerOwnFamilies(): void {
  if (ownFamilies.every((family) => GlobalFonts.has(family))) return
  for (const family of ownFamilies) {
    if (GlobalFonts.register(readFontFile(subsetOf(family)), family) === null) {
      throw new GodwitError('figure.font', `The font that comes with Godwit (${family}) cannot be read; install Godwit again`)
    }
  }
}

/** The subset of letters that a family of ours stands for: "Arimo greek" is `greek`, "Arimo" is `latin`. */
function subsetOf(family: string): string {
  return family === ownFamily ? 'latin' : family.slice(ownFamily.length + 1)
}

function readFontFile(subset: string): Buffer {
  return readFileSync(createRequire(import.meta.url).resolve(`@fontsource/arimo/files/arimo-${subset}-400-normal.woff2`))
}
