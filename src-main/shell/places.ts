/** Where the shell finds its own files, and where it keeps the user's. */

import { join } from 'node:path'

export interface Places {
  /** Settings, recent documents and drafts; browser mode uses the same folder. */
  readonly configFolder: string
  /** The window's own: its place, and what Chromium keeps. */
  readonly windowFolder: string
  /** Suites and results. */
  readonly documentsFolder: string
  readonly storePath: string
  readonly rendererFolder: string
  readonly preloadFile: string
}

export interface SystemFolders {
  readonly appData: string
  readonly documents: string
  /** The folder of the built shell. */
  readonly program: string
}

/** `chosenStore` is the store named on the command line, if there is one. */
export function placesOf({ appData, documents, program }: SystemFolders, chosenStore: string | null): Places {
  const configFolder = join(appData, 'godwit')
  const documentsFolder = join(documents, 'Godwit')
  return {
    configFolder,
    windowFolder: join(configFolder, 'window'),
    documentsFolder,
    storePath: chosenStore ?? join(documentsFolder, 'lab.sqlite'),
    rendererFolder: join(program, '../renderer'),
    preloadFile: join(program, '../preload/preload.cjs'),
  }
}
