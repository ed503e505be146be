/** The server of browser mode for tests, and what a browser does with it: pages, cookies, sockets. */

import { createHmac } from 'node:crypto'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { AppCalls, AppEvents } from '#shared/rpc/app-contract.ts'
import { connectApp } from '#shared/rpc/channel.ts'
import { type RunningApp, startApp, type StartAppOptions } from './app.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const token = 'a-token-for-tests-0123456789'

/** A page and a script stand for the built application. */
export function rendererFolder(): string {
  const folder = join(temporaryFolder(), 'renderer')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Godwit</title>')
  writeFileSync(join(folder, 'assets/index-LBd1VsVh.js'), 'export {}')
  writeFileSync(join(folder, '.secret'), 'hidden')
  writeFileSync(join(folder, '../outside.js'), 'outside')
  symlinkSync(join(folder, '../outside.js'), join(folder, 'link.js'))
  return folder
}

export async function running(options: StartAppOptions = {}): Promise<RunningApp & { readonly port: number }> {
  const app = await startApp({ rendererFolder: rendererFolder(), token, folder: temporaryFolder(), ...options })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= app.close())
  onTestFinished(close)
  return { ...app, close, port: Number(new URL(app.url).port) }
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** `path` is sent as it is, which fetch would not do. */
export function get(port: number, path: string, { headers = {}, method = 'GET' }: { readonly headers?: Record<string, string>; readonly method?: string } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    request.on('error', reject)
    request.end()
  })
}

export const cookieText = (port: number, secret = token): string => `godwit-${port}=${createHmac('sha256', secret).update(`godwit-${port}`).digest('base64url')}`
export const cookieOf = (port: number): Record<string, string> => ({ cookie: cookieText(port) })

export interface OpenSocket {
  readonly socket: WebSocket
  readonly closed: Promise<number>
}

/** Rejects with the status of a refusal. */
export function openSocket(port: number, { path = '/app', origin = `http://127.0.0.1:${port}`, headers = cookieOf(port) }: { readonly path?: string; readonly origin?: string; readonly headers?: Record<string, string> } = {}): Promise<OpenSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, origin })
  onTestFinished(() => socket.terminate())
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, closed }))
    socket.on('unexpected-response', (_, response) => reject(new Error(String(response.statusCode))))
    socket.on('error', reject)
  })
}

export function appOver(socket: WebSocket, events: Partial<AppEvents> = {}): AppCalls {
  return connectApp({ send: (message) => socket.send(message), receive: (receiver) => void socket.on('message', (data: Buffer) => receiver(data.toString())) }, events as AppEvents)
}
