/** Light or dark, as the settings say; menus, dialogs and the page follow. */

import { nativeTheme } from 'electron'
import type { Settings } from '#shared/rpc/app-contract.ts'

export function applyTheme({ theme }: Pick<Settings, 'theme'>): void {
  if (nativeTheme.themeSource !== theme) nativeTheme.themeSource = theme
}
