/** Brings suite files of older versions of the format up to the newest, one version at a time. */

import type { Tree } from './resolve.ts'
import { formatVersion } from './suite.ts'

/** Turns a document of one version into the same document of the next; `godwit` itself is raised by `upgradeDocument`. */
export type UpgradeStep = (document: Tree) => Tree

/** The step from each version to the one after it. Version 1 is the first, so there is none yet. */
export const upgradeSteps: Readonly<Record<number, UpgradeStep>> = {}

export type Upgrade = { readonly ok: true; readonly document: Tree } | { readonly ok: false; readonly message: string }

/** The document as it would be written today, or why it cannot be read. */
export function upgradeDocument(document: Tree, steps: Readonly<Record<number, UpgradeStep>> = upgradeSteps, newest: number = formatVersion): Upgrade {
  const version = document['godwit']
  if (version === undefined) return { ok: false, message: `the version of the format is missing; write godwit: ${newest} at the top of the file` }
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return { ok: false, message: `${JSON.stringify(version)} is not a version of the format; write godwit: ${newest}` }
  }
  if (version > newest) {
    return { ok: false, message: `the file was written by a newer version of Godwit (format ${version}; this version reads up to ${newest}); update Godwit to read it` }
  }
  let upgraded = document
  for (let from = version; from < newest; from++) {
    const step = steps[from]
    if (step === undefined) return { ok: false, message: `files of format ${from} can no longer be read` }
    upgraded = { ...step(upgraded), godwit: from + 1 }
  }
  return { ok: true, document: upgraded }
}
