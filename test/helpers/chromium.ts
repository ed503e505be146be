/** Debian's Chromium, driven by Playwright, as a person's browser. */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

export function openBrowser(env: Readonly<Record<string, string>> = {}): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: quiet, env: { ...process.env, ...env } })
}

/** A browser that knows the DejaVu fonts only, so that pictures do not depend on what else is installed. */
export function openBrowserWithPlainFonts(): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-fonts-'))
  const families = { 'system-ui': 'DejaVu Sans', 'sans-serif': 'DejaVu Sans', serif: 'DejaVu Serif', monospace: 'DejaVu Sans Mono' }
  const aliases = Object.entries(families).map(([family, font]) => `<alias binding="same"><family>${family}</family><prefer><family>${font}</family></prefer></alias>`)
  const configuration = join(folder, 'fonts.conf')
  writeFileSync(
    configuration,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig><dir>/usr/share/fonts/truetype/dejavu</dir><cachedir>${folder}</cachedir>${aliases.join('')}<match><edit name="family" mode="append"><string>DejaVu Sans</string></edit></match></fontconfig>`,
  )
  return openBrowser({ FONTCONFIG_FILE: configuration })
}
