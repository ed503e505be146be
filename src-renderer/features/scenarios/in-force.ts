/** What the sentences of folded sections ask of the editor. */

import type { InForce } from './section-sentences.ts'
import type { ScenarioEditor } from './scenario-editor.ts'

export function inForceOf(editor: ScenarioEditor): InForce {
  return {
    valueOf: (field) => editor.writtenAt(field.path) ?? editor.baseline(field).value,
    isIdle: (field) => editor.idle(field) !== null,
    lengthOf: (list) => editor.listItems(list).items.length,
  }
}
