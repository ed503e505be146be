/** The files of the built renderer, as answers to requests. Whatever is not a file inside its folder does not exist. */

import { readFile, realpath } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { mediaTypeOf } from '../services/media-types.ts'

/**
 * No remote content, no inline script, no plug-in, no frame, no form. Styles may stand inline, because components place
 * menus and tooltips by them; a style cannot reach outside either, since images and fonts are ours only.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
}

export async function answerRendererRequest(folder: string, { method, url }: { readonly method: string; readonly url: string }): Promise<Response> {
  if (method !== 'GET' && method !== 'HEAD') return new Response(null, { status: 405, headers })
  const path = await rendererFile(folder, url)
  const mediaType = path === undefined ? undefined : mediaTypeOf(extname(path))
  if (path === undefined || mediaType === undefined) return new Response(null, { status: 404, headers })
  const content = method === 'HEAD' ? null : new Uint8Array(await readFile(path))
  return new Response(content, { status: 200, headers: { ...headers, 'Content-Type': mediaType } })
}

/** The file that a URL names, or undefined if it is not in the folder, also after links were followed. */
async function rendererFile(folder: string, url: string): Promise<string | undefined> {
  const name = decodedPath(url)
  if (name === undefined) return undefined
  try {
    const root = await realpath(folder)
    const file = await realpath(join(root, name === '/' ? 'index.html' : name))
    const inside = relative(root, file)
    return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) ? undefined : file
  } catch {
    // Not there: the caller says so.
    return undefined
  }
}

function decodedPath(url: string): string | undefined {
  try {
    const path = decodeURIComponent(new URL(url).pathname)
    return /[\0\\]/.test(path) ? undefined : path
  } catch {
    return undefined
  }
}
