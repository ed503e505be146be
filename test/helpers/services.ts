/** The services on a real store in a folder of the test's own. */

import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type AppServices, type AppServicesOptions, createAppServices } from '../../src-main/services/app-services.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface ServicesUnderTest extends AppServices {
  readonly folder: string
  readonly storePath: string
  /** What the services mended by themselves. */
  readonly notices: readonly string[]
}

export async function servicesForTest(options: Partial<AppServicesOptions> & { readonly folder?: string } = {}): Promise<ServicesUnderTest> {
  const { folder = temporaryFolder(), ...rest } = options
  const notices: string[] = []
  const storePath = join(folder, 'lab.sqlite')
  const services = await createAppServices({
    storePath,
    documentsFolder: folder,
    configFolder: join(folder, 'config'),
    credentialsFolder: join(folder, 'credentials'),
    mode: 'browser',
    onNotice: (sentence) => void notices.push(sentence),
    ...rest,
  })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= services.close())
  onTestFinished(close)
  return { ...services, close, folder, storePath, notices }
}
