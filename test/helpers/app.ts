/** The whole application in browser mode for end-to-end tests: real services, real store and workers, a real server. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AppCalls } from '#shared/rpc/app-contract.ts'
import { startServer } from '../../src-main/server/start-server.ts'
import { type AppServicesOptions, createAppServices } from '../../src-main/services/app-services.ts'

export interface RunningApp {
  /** To be opened in a browser. */
  readonly url: string
  /** The same calls that a page makes, without a page between. */
  readonly calls: AppCalls
  readonly storePath: string
  /** Where documents stand; removed by `close` if it was made here. */
  readonly folder: string
  readonly close: () => Promise<void>
}

export interface StartAppOptions extends Partial<Pick<AppServicesOptions, 'storeOptions' | 'workerUrl' | 'memoryLimitMb' | 'onNotice'>> {
  /** A folder of an earlier start, to find its store, documents and settings again. */
  readonly folder?: string
  /** Default: what `npm run build` made. */
  readonly rendererFolder?: string
  readonly port?: number
  readonly token?: string
}

const builtRenderer = join(import.meta.dirname, '../../out/renderer')

export async function startApp(options: StartAppOptions = {}): Promise<RunningApp> {
  const { folder: given, rendererFolder = builtRenderer, port = 0, token, ...serviceOptions } = options
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'godwit-app-')))
  const storePath = join(folder, 'lab.sqlite')
  const services = await createAppServices({ ...serviceOptions, storePath, documentsFolder: folder, configFolder: join(folder, 'config'), credentialsFolder: join(folder, 'credentials'), mode: 'browser' })
  const server = await startServer({ services, rendererFolder, port, ...(token === undefined ? {} : { token }) }).catch(async (error: unknown) => {
    await services.close()
    throw error
  })
  return {
    url: server.url,
    calls: services.calls,
    storePath,
    folder,
    close: async () => {
      await server.close()
      await services.close()
      if (given === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
