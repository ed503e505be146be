/** The named scenarios in groups, by the first word of their names. */

import { scenarioPresets } from '#shared/scenario/presets/index.ts'

export interface PresetEntry {
  readonly name: string
  readonly title: string
  readonly description: string
}

export interface PresetGroup {
  readonly label: string
  readonly presets: readonly PresetEntry[]
}

/** Groups that have a name of their own; a word that is not here stands in the last group. */
const groups: ReadonlyArray<{ readonly label: string; readonly words: readonly string[] }> = [
  { label: 'Papers', words: ['clark', 'hines', 'nelson', 'huang', 'ibrahim', 'tsmc', 'cui', 'yabusame'] },
  { label: 'Xen', words: ['xen'] },
  { label: 'QEMU and its controllers', words: ['qemu', 'kubevirt', 'nova', 'libvirt', 'proxmox'] },
  { label: 'Laboratory', words: ['lab'] },
]
const otherGroup = 'Other programs'

export function presetGroups(): readonly PresetGroup[] {
  const entries = Object.entries(scenarioPresets).map(([name, { title, description }]) => ({ name, title, description }))
  const groupOf = ({ name }: PresetEntry): string => groups.find(({ words }) => words.includes(name.split(/[^a-z]/)[0] ?? ''))?.label ?? otherGroup
  const labels = [...groups.slice(0, -1).map(({ label }) => label), otherGroup, 'Laboratory']
  return labels.map((label) => ({ label, presets: entries.filter((entry) => groupOf(entry) === label) })).filter(({ presets }) => presets.length > 0)
}
