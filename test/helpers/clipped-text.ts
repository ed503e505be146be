/** Finds text of a page that cannot be read: cut off without a tooltip, lying over other text, or out of the window. */

import type { Page } from 'playwright-core'

/** A sentence for each text that cannot be read; what a scroll bar brings into sight can be. */
export function unreadableTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    interface Seen { readonly owner: HTMLElement; readonly words: string; readonly box: DOMRect }
    const found: string[] = []
    const seen: Seen[] = []
    const canvas = document.createElement('canvas').getContext('2d')
    const say = (what: string, owner: HTMLElement, words: string): void => {
      const place = [owner, owner.parentElement].map((element) => `${element?.tagName.toLowerCase() ?? ''}.${[...(element?.classList ?? [])].join('.')}`).join(' in ')
      found.push(`${what}: "${words.slice(0, 60)}" (${place})`)
    }
    const hasTooltip = (element: Element): boolean => element.closest('[title]:not([title=""])') !== null
    /** Hidden for the eye on purpose, or folded away. */
    const isHidden = (element: HTMLElement): boolean => element.closest('.visually-hidden, .skip, [hidden], canvas') !== null || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })

    function textWidth(element: HTMLElement, words: string): number {
      const { font, letterSpacing } = getComputedStyle(element)
      if (canvas === null) return 0
      canvas.font = font
      canvas.letterSpacing = letterSpacing
      return canvas.measureText(words).width
    }

    function checkControl(control: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement): void {
      if (control instanceof HTMLTextAreaElement || isHidden(control) || hasTooltip(control)) return
      const words = control instanceof HTMLSelectElement ? (control.selectedOptions[0]?.label ?? '') : control.value === '' ? control.placeholder : control.value
      if (control instanceof HTMLInputElement && !['text', 'search', 'number'].includes(control.type)) return
      const { paddingLeft, paddingRight } = getComputedStyle(control)
      const arrow = control instanceof HTMLSelectElement ? 16 : 0
      const room = control.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight) - arrow
      if (textWidth(control, words) > room + 1) say('cut off in a control', control, words)
    }

    function checkText(node: Text): void {
      const owner = node.parentElement
      const words = (node.textContent ?? '').trim()
      if (owner === null || words === '' || isHidden(owner) || owner.closest('script, style, option, textarea, svg') !== null) return
      const range = document.createRange()
      range.selectNodeContents(node)
      const boxes = [...range.getClientRects()]
      let scrolls = false
      let isOutOfSight = false
      for (let clip: HTMLElement | null = owner; clip !== null && clip !== document.documentElement; clip = clip.parentElement) {
        const { overflowX, overflowY, position } = getComputedStyle(clip)
        const edge = clip.getBoundingClientRect()
        const over = (axis: 'x' | 'y'): boolean => boxes.some((box) => (axis === 'x' ? box.right > edge.right + 1.5 || box.left < edge.left - 1.5 : box.bottom > edge.bottom + 3 || box.top < edge.top - 3))
        const scrollsX = overflowX === 'auto' || overflowX === 'scroll'
        const scrollsY = overflowY === 'auto' || overflowY === 'scroll'
        if (boxes.every((box) => box.right < edge.left || box.left > edge.right || box.bottom < edge.top || box.top > edge.bottom) && overflowX !== 'visible') isOutOfSight = true
        if (!scrolls && !hasTooltip(owner) && ((overflowX !== 'visible' && !scrollsX && over('x')) || (overflowY !== 'visible' && !scrollsY && over('y')))) {
          say('cut off', owner, words)
          return
        }
        scrolls ||= scrollsX || scrollsY
        if (position === 'fixed') break
      }
      if (!scrolls && boxes.some((box) => box.right > window.innerWidth + 1 || box.bottom > window.innerHeight + 1)) say('out of the window', owner, words)
      if (!isOutOfSight) seen.push(...boxes.map((box) => ({ owner, words, box: visiblePart(owner, box) })))
    }

    /** What is left of a box within everything that clips it. */
    function visiblePart(owner: HTMLElement, box: DOMRect): DOMRect {
      let { left, right, top, bottom } = box
      for (let clip: HTMLElement | null = owner; clip !== null; clip = clip.parentElement) {
        if (getComputedStyle(clip).overflowX === 'visible') continue
        const edge = clip.getBoundingClientRect()
        left = Math.max(left, edge.left)
        right = Math.min(right, edge.right)
        top = Math.max(top, edge.top)
        bottom = Math.min(bottom, edge.bottom)
      }
      return new DOMRect(left, top, Math.max(0, right - left), Math.max(0, bottom - top))
    }

    /** What lies on top of others on purpose: sticky heads, popovers, notices. */
    const floats = (element: HTMLElement): boolean => {
      for (let one: HTMLElement | null = element; one !== null; one = one.parentElement) if (['fixed', 'sticky', 'absolute'].includes(getComputedStyle(one).position) && one.getAttribute('role') !== 'row') return true
      return false
    }

    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) checkText(node as Text)
    for (const control of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')) checkControl(control)
    const flat = seen.filter(({ owner, box }) => box.width > 1 && box.height > 1 && !floats(owner))
    flat.forEach((one, index) => {
      for (const other of flat.slice(index + 1)) {
        if (one.owner === other.owner || one.owner.contains(other.owner) || other.owner.contains(one.owner)) continue
        const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
        const tall = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
        if (wide > 2 && tall > 5) say(`lies over "${other.words.slice(0, 40)}"`, one.owner, one.words)
      }
    })
    return [...new Set(found)]
  })
}
