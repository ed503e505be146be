/** `godwit serve`: the application in a browser, on this machine or through a tunnel to it. */

import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { defaultConfigFolder } from '../../config-folder.ts'
import { isLoopback } from '../../loopback.ts'
import { keptToken } from '../../server/kept-token.ts'
import { startServer } from '../../server/start-server.ts'
import { createAppServices } from '../../services/app-services.ts'
import { watchInterruption } from '../interruption.ts'
import { type CliIo, exitStatus, type ExitStatus } from '../io.ts'

export interface ServeOptions {
  readonly store: string
  readonly port: number
  readonly host: string
  readonly token?: string
  /** Makes another token than the one that is kept in the configuration folder. */
  readonly newToken?: boolean
  readonly config?: string
  /** Opens the browser. */
  readonly open?: boolean
}

export async function runServe(options: ServeOptions, io: CliIo): Promise<ExitStatus> {
  const { store, port, host } = options
  if (options.token !== undefined) requireToken(options.token)
  if (options.token !== undefined && options.newToken === true) throw new GodwitError('serve.token', '--token names a token and --new-token makes one; give one of them')
  const configFolder = await configFolderOf(options.config)
  const onNotice = (sentence: string): void => io.err(`godwit: ${sentence}\n`)
  const token = options.token ?? (await keptToken({ configFolder, isNew: options.newToken === true, onNotice }))
  const services = await createAppServices({
    storePath: store,
    documentsFolder: process.cwd(),
    configFolder,
    mode: 'browser',
    onNotice,
  })
  const interruption = watchInterruption(() => io.err('stopping; press Ctrl-C again to end at once\n'))
  try {
    const server = await startServer({ services, host, port, rendererFolder: rendererFolder(), token })
    try {
      if (!isLoopback(host)) io.err(exposed(host, options.token !== undefined))
      io.out(`${server.url}\n`)
      io.err(`results are kept in ${store}; Ctrl-C ends the program\n`)
      if (options.open === true) openBrowser(server.url, io)
      await aborted(interruption.signal)
    } finally {
      await server.close()
    }
  } finally {
    interruption.close()
    await services.close()
  }
  return exitStatus.success
}

async function configFolderOf(given: string | undefined): Promise<string> {
  const folder = given ?? defaultConfigFolder()
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return folder
  } catch (error) {
    throw new GodwitError('config.write', `the folder "${folder}" for settings and drafts cannot be made (${error instanceof Error ? error.message : String(error)}); name another with --config`, { cause: error })
  }
}

/** The built application stands beside the built program. */
function rendererFolder(): string {
  const relative = import.meta.url.endsWith('.ts') ? '../../../out/renderer' : '../renderer'
  return fileURLToPath(new URL(relative, import.meta.url))
}

/** It stands in an address and in a cookie. */
function requireToken(token: string): void {
  if (/^[\w.~-]{16,200}$/.test(token)) return
  throw new GodwitError('serve.token', '--token: a token has 16 to 200 letters, digits, dots, dashes, tildes and underscores')
}

function exposed(host: string, hasToken: boolean): string {
  const advice = hasToken ? '' : '; choose a token of your own with --token, or'
  return `warning: ${host} can be reached by other machines, and what travels is not encrypted${advice === '' ? ';' : advice} prefer a tunnel (ssh -L) to 127.0.0.1\n`
}

function openBrowser(url: string, io: CliIo): void {
  const [command, ...args] = process.platform === 'darwin' ? ['open', url] : process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', url] : ['xdg-open', url]
  const child = spawn(command ?? '', args, { stdio: 'ignore', detached: true })
  child.on('error', () => io.err('no browser could be opened; open the address above yourself\n'))
  child.unref()
}

function aborted(signal: AbortSignal): Promise<void> {
  return signal.aborted ? Promise.resolve() : new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
