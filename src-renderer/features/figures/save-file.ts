/** Hands a file of the program to the person: the browser's own download, which Electron turns into a dialog. */

import type { FigureFile } from '#shared/rpc/app-contract.ts'

export function saveFile({ fileName, mediaType, content }: FigureFile): void {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
  const address = URL.createObjectURL(new Blob([bytes], { type: mediaType }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  document.body.append(link)
  link.click()
  link.remove()
  // The download has taken the address over by the time the next task runs.
  window.setTimeout(() => URL.revokeObjectURL(address), 0)
}
