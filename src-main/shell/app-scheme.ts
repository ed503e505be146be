/** The renderer's own scheme: a secure origin that holds our files only, where `file:` would hold the whole disk. */

import { protocol } from 'electron'
import { isOurUrl, scheme } from './our-page.ts'
import { answerRendererRequest } from './renderer-files.ts'

/** Has to be called before the application is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
}

export function serveRenderer(folder: string): void {
  protocol.handle(scheme, (request) => (isOurUrl(request.url) ? answerRendererRequest(folder, request) : new Response(null, { status: 404 })))
}
