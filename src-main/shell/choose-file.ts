/** The system's dialogs for suite files. */

import { isAbsolute, join } from 'node:path'
import { BrowserWindow, dialog } from 'electron'
import type { AppCalls } from '#shared/rpc/app-contract.ts'
import { isSuiteFile } from './command-line.ts'

const filters = [
  { name: 'Suites', extensions: ['yaml', 'yml', 'json'] },
  { name: 'All files', extensions: ['*'] },
]

export function fileDialogs(documentsFolder: string): AppCalls['chooseFile'] {
  return async (kind, suggestedName) => {
    const [parent] = BrowserWindow.getAllWindows()
    const suggested = isAbsolute(suggestedName) ? suggestedName : join(documentsFolder, suggestedName)
    if (kind === 'open') {
      const options = { title: 'Open a suite', defaultPath: documentsFolder, filters, properties: ['openFile' as const] }
      const { canceled, filePaths } = await (parent === undefined ? dialog.showOpenDialog(options) : dialog.showOpenDialog(parent, options))
      return canceled ? null : (filePaths[0] ?? null)
    }
    const options = { title: 'Save the suite', defaultPath: suggested, filters, properties: ['showOverwriteConfirmation' as const, 'createDirectory' as const] }
    const { canceled, filePath } = await (parent === undefined ? dialog.showSaveDialog(options) : dialog.showSaveDialog(parent, options))
    if (canceled || filePath === '') return null
    // Linux adds no ending by itself, and a suite without one could not be opened again.
    return isSuiteFile(filePath) ? filePath : `${filePath}.yaml`
  }
}
