/** Pictures of the window held against those of the repository. `UPDATE_SNAPSHOTS=1` takes them anew. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pixelmatch from 'pixelmatch'
import { PNG } from 'pngjs'

const folder = join(import.meta.dirname, '../e2e/snapshots')

/** Difference of two colours, from 0 to 1, that is still the same one. */
const sameColour = 0.1

/**
 * Pixels that may differ, those of smoothed edges not counted. A word that moves by a few pixels changes more than a
 * hundred.
 */
export const mostDifferingPixels = 40

export interface Difference {
  readonly pixels: number
  readonly picture: PNG
}

/** Null if the pictures are not of one size. */
export function differenceOf(actual: PNG, reference: PNG): Difference | null {
  const { width, height } = reference
  if (actual.width !== width || actual.height !== height) return null
  const picture = new PNG({ width, height })
  return { pixels: pixelmatch(actual.data, reference.data, picture.data, width, height, { threshold: sameColour }), picture }
}

export function referenceOf(name: string): PNG {
  return PNG.sync.read(readFileSync(join(folder, `${name}.png`)))
}

/** What is wrong with a picture in a sentence that names the files to look at; null if it is that of the repository. */
export function complaintAbout(name: string, screenshot: Buffer): string | null {
  const actual = PNG.sync.read(screenshot)
  const path = join(folder, `${name}.png`)
  if (process.env['UPDATE_SNAPSHOTS'] === '1') {
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, small(actual))
    return null
  }
  if (!existsSync(path)) return `there is no picture ${path}; take it with UPDATE_SNAPSHOTS=1`
  const difference = differenceOf(actual, referenceOf(name))
  if (difference !== null && difference.pixels <= mostDifferingPixels) return null
  const kept = mkdtempSync(join(tmpdir(), 'godwit-snapshot-'))
  writeFileSync(join(kept, `${name}-actual.png`), screenshot)
  if (difference === null) return `${name} is ${actual.width} x ${actual.height} pixels; see ${kept}`
  writeFileSync(join(kept, `${name}-diff.png`), PNG.sync.write(difference.picture))
  return `${name} differs in ${difference.pixels} pixels, at most ${mostDifferingPixels} may; see ${kept}, or take it anew with UPDATE_SNAPSHOTS=1`
}

/** Without the channel that is full everywhere, packed as tightly as goes. */
function small(picture: PNG): Buffer {
  return PNG.sync.write(picture, { colorType: 2, deflateLevel: 9, deflateStrategy: 0, filterType: 0 })
}
