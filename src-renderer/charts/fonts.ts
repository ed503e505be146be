/** The letters that figures are drawn with, ready before the first figure. */

/// <reference types="vite/client" />

import '@fontsource/arimo/latin-400.css'
import '@fontsource/arimo/latin-ext-400.css'
import '@fontsource/arimo/greek-400.css'

/** Resolves when Arimo can be drawn with; a page without it falls back to the system's letters. */
export async function fontsReady(): Promise<void> {
  try {
    await document.fonts.load('10px Arimo')
  } catch {
    // The letters of the system stand in; a figure is drawn all the same.
  }
}
