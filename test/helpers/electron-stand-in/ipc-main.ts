/** `ipcMain`: where messages of pages arrive. */

import { EventEmitter } from 'node:events'

export const ipcMain = new EventEmitter()
