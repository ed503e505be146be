/** Finds text of a page whose contrast with what lies behind it is below WCAG's AA, disabled controls and placeholders included. */

import type { Page } from 'playwright-core'

/** A sentence for each pair of colours that is too weak: below 4.5, or 3 for text of 24 px, or 18.66 px if bold. */
export function weakContrasts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    interface Colour { readonly red: number; readonly green: number; readonly blue: number; readonly alpha: number }
    const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    const known = new Map<string, Colour>()
    /** Any colour that a style can name, as the browser paints it. */
    function parse(text: string): Colour {
      const found = known.get(text)
      if (found !== undefined || pixel === null) return found ?? { red: 0, green: 0, blue: 0, alpha: 0 }
      pixel.clearRect(0, 0, 1, 1)
      pixel.fillStyle = text
      pixel.fillRect(0, 0, 1, 1)
      const [red = 0, green = 0, blue = 0, alpha = 0] = pixel.getImageData(0, 0, 1, 1).data
      const colour = { red, green, blue, alpha: alpha / 255 }
      known.set(text, colour)
      return colour
    }
    const over = (top: Colour, below: Colour): Colour => ({
      red: top.red * top.alpha + below.red * (1 - top.alpha),
      green: top.green * top.alpha + below.green * (1 - top.alpha),
      blue: top.blue * top.alpha + below.blue * (1 - top.alpha),
      alpha: 1,
    })
    function luminance({ red, green, blue }: Colour): number {
      const [r = 0, g = 0, b = 0] = [red, green, blue].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    function behind(element: Element): Colour {
      const layers: Colour[] = []
      for (let one: Element | null = element; one !== null; one = one.parentElement) {
        const layer = parse(getComputedStyle(one).backgroundColor)
        if (layer.alpha > 0) layers.push(layer)
        if (layer.alpha === 1) break
      }
      return layers.reduceRight<Colour>((below, layer) => over(layer, below), { red: 255, green: 255, blue: 255, alpha: 1 })
    }
    function opacityOf(element: Element): number {
      let opacity = 1
      for (let one: Element | null = element; one !== null; one = one.parentElement) opacity *= Number(getComputedStyle(one).opacity)
      return opacity
    }

    const found = new Set<string>()
    function check(element: HTMLElement, words: string, style = getComputedStyle(element)): void {
      if (words.trim() === '' || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest('.visually-hidden, .skip, canvas') !== null) return
      const ground = behind(element)
      const ink = parse(style.color)
      const shown = over({ ...ink, alpha: ink.alpha * opacityOf(element) }, ground)
      const [light, dark] = [luminance(shown), luminance(ground)].sort((one, other) => other - one)
      const ratio = ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
      const size = Number.parseFloat(style.fontSize)
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      if (ratio < (isLarge ? 3 : 4.5)) found.add(`${ratio.toFixed(2)}: "${words.trim().slice(0, 40)}" (${element.tagName.toLowerCase()}.${[...element.classList].join('.')})`)
    }
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const owner = node.parentElement
      if (owner !== null && owner.closest('script, style, option') === null) check(owner, node.textContent ?? '')
    }
    for (const control of document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>('input, textarea, select')) {
      if ('placeholder' in control && control.value === '') check(control, control.placeholder, getComputedStyle(control, '::placeholder'))
      else if (!(control instanceof HTMLInputElement) || ['text', 'search', 'number'].includes(control.type)) check(control, control.value)
    }
    return [...found]
  })
}
