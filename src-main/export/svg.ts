/**
 * Finishes what Skia writes as SVG: a true size on paper, one place for each run of text instead of one for each
 * letter (so that a vector editor sees words), letters that other machines have, and the letters themselves inside.
 */

import { ownFamilies } from '#shared/figures/house-style.ts'
import { ownFontFile } from './fonts.ts'

const [ownFamily] = ownFamilies

export interface SvgPage {
  readonly widthCm: number
  readonly heightCm: number
  /** In points, which are the unit of the drawing. */
  readonly width: number
  readonly height: number
  readonly title: string
}

export function finishSvg(drawn: Buffer, page: SvgPage): Buffer {
  const body = drawn
    .toString('utf8')
    .replace(/^[\s\S]*?<svg[^>]*>/, '')
    .replaceAll(/<text[^>]*><\/text>/g, '')
    .replaceAll(/<text [^>]*>/g, placeOnce)
  const numbered = renumber(body)
  const head = [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${short(page.widthCm)}cm" height="${short(page.heightCm)}cm" viewBox="0 0 ${short(page.width)} ${short(page.height)}">`,
    `<title>${escapeText(page.title)}</title>`,
    `<style>@font-face{font-family:"${ownFamily}";src:url(data:font/woff2;base64,${ownFontFile().toString('base64')}) format("woff2")}</style>`,
  ]
  return Buffer.from(`${head.join('\n')}\n${numbered}\n`)
}

/** Keeps the first of the places that Skia lists per letter, and names stand-ins of the same width for Arimo. */
function placeOnce(tag: string): string {
  return tag
    .replaceAll(/ ([xy])="([^",]*),[^"]*"/g, ' $1="$2"')
    .replace(new RegExp(`font-family="${ownFamily}[^"]*"`), `font-family="${ownFamily}, Arial, Helvetica, 'Liberation Sans', sans-serif"`)
    .replace('<text ', '<text xml:space="preserve" ')
}

/** Skia counts its clips through the whole process; counted anew, the same figure is the same file. */
function renumber(body: string): string {
  const ids = new Map<string, string>()
  return body.replaceAll(/(?<=id="|url\(#)[a-z]+_[0-9a-f]+(?=[")])/g, (id) => {
    const known = ids.get(id) ?? `part${ids.size + 1}`
    ids.set(id, known)
    return known
  })
}

function short(value: number): string {
  return String(Number(value.toFixed(4)))
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
