/**
 * What runs in the page around the preload script. The preload script has a JavaScript world of its own, as with context
 * isolation in Electron; what it exposes reaches the page's world as functions whose arguments travel as text.
 */

/** The world that belongs to the preload script. */
export const preloadWorld = 'preload'
/** The function by which that world, and no other, reaches the program. */
export const sendBinding = 'standInSend'

/** In the page's world: makes what the preload script exposes. */
export const pageSideScript = `(() => {
  const callbacks = []
  const packed = (value) => typeof value === 'function' ? { callback: callbacks.push(value) - 1 } : { value }
  window.addEventListener('stand-in-expose', (event) => {
    const { key, names } = JSON.parse(event.detail)
    const entries = names.map((name) => [name, (...args) => {
      window.dispatchEvent(new CustomEvent('stand-in-call', { detail: JSON.stringify({ key, name, args: args.map(packed) }) }))
    }])
    Object.defineProperty(window, key, { value: Object.freeze(Object.fromEntries(entries)) })
  })
  window.addEventListener('stand-in-callback', (event) => {
    const { callback, args } = JSON.parse(event.detail)
    callbacks[callback](...args)
  })
})()`

/** In the preload script's world: its \`electron\`, and the script itself. A sandboxed script may require nothing else. */
export function preloadSideScript(preload: string, { inSubFrames }: { readonly inSubFrames: boolean }): string {
  return `(() => {
  if (window !== window.top && !${inSubFrames}) return
  const listeners = new Map()
  const exposed = new Map()
  const ipcRenderer = {
    on(channel, listener) { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]) },
    send(channel, ...args) { ${sendBinding}(JSON.stringify({ channel, args })) },
  }
  const unpacked = (packed) => 'callback' in packed
    ? (...args) => void window.dispatchEvent(new CustomEvent('stand-in-callback', { detail: JSON.stringify({ callback: packed.callback, args }) }))
    : packed.value
  const contextBridge = {
    exposeInMainWorld(key, api) {
      exposed.set(key, api)
      window.dispatchEvent(new CustomEvent('stand-in-expose', { detail: JSON.stringify({ key, names: Object.keys(api) }) }))
    },
  }
  window.addEventListener('stand-in-call', (event) => {
    const { key, name, args } = JSON.parse(event.detail)
    exposed.get(key)[name](...args.map(unpacked))
  })
  globalThis.standInDeliver = (text) => {
    const { channel, args } = JSON.parse(text)
    for (const listener of listeners.get(channel) ?? []) listener({}, ...args)
  }
  const require = (name) => {
    if (name === 'electron') return { contextBridge, ipcRenderer }
    throw new Error('a sandboxed preload script cannot require "' + name + '"')
  }
  const module = { exports: {} }
  ;(function (exports, require, module) {\n${preload}\n})(module.exports, require, module)
})()`
}
