/** The ground that charts of the window stand on: that of the theme that is shown. */

import { useMutationObserver } from '@vueuse/core'
import { type Ref, ref } from 'vue'
import type { Ground } from '#shared/figures/palette.ts'

export function useGround(): Ref<Ground> {
  const shown = (): Ground => (document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light')
  const ground = ref<Ground>(shown())
  useMutationObserver(document.documentElement, () => (ground.value = shown()), { attributes: true, attributeFilter: ['data-theme'] })
  return ground
}
