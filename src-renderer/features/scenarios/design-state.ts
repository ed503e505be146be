/** How the design view was left: which sections are open, and whether form or text is shown. */

import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Name of the fold of a section's fields that are not read; as open as a section is. */
export function unreadFoldOf(section: ReadonlyArray<string | number>): string {
  return `${section.join('.')} unread`
}

export const useDesignState = defineStore('design-state', () => {
  const shown = ref<'form' | 'text'>('form')
  const open = ref<readonly string[]>(['workload', 'link'])

  const isOpen = (path: string): boolean => open.value.includes(path)

  function setOpen(path: string, wanted: boolean): void {
    if (wanted !== isOpen(path)) open.value = wanted ? [...open.value, path] : open.value.filter((known) => known !== path)
  }

  return { shown, open, isOpen, setOpen }
})
