/**
 * Puts the stand-in in Electron's place: `node --import register.ts out/main/shell.js` runs the built shell as it is.
 * Node itself runs the shell, Chromium shows the window, and the test holds the strings over the control channel.
 */

import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'electron') return next(specifier, context)
    return { url: new URL('./electron.ts', import.meta.url).href, shortCircuit: true }
  },
})
