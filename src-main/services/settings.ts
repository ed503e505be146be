/** What a user prefers, kept from one start to the next. */

import { join } from 'node:path'
import * as z from 'zod'
import { GodwitError } from '#shared/model/godwit-error.ts'
import type { AppCalls, Settings } from '#shared/rpc/app-contract.ts'
import { jsonFile } from './json-file.ts'

const shape = {
  theme: z.enum(['light', 'dark', 'system'], 'theme is light, dark or system'),
  workers: z.int('workers is a whole number').min(0, 'workers is at least 0, which means as many as the machine has processors').max(1024, 'workers is at most 1024'),
  textScale: z.number('textScale is a number').min(0.5, 'textScale is at least 0.5').max(3, 'textScale is at most 3'),
}
const defaults: Settings = { theme: 'system', workers: 0, textScale: 1 }

/** A file of another version may lack a field or have one more. */
const stored = z.object({
  theme: shape.theme.prefault(defaults.theme),
  workers: shape.workers.prefault(defaults.workers),
  textScale: shape.textScale.prefault(defaults.textScale),
})

export interface SettingsOptions {
  readonly configFolder: string
  readonly onNotice: (sentence: string) => void
  readonly onChange: (settings: Settings) => void
}

export function settingsService({ configFolder, onNotice, onChange }: SettingsOptions): Pick<AppCalls, 'settings' | 'saveSettings'> {
  const file = jsonFile<Settings>({ path: join(configFolder, 'settings.json'), schema: stored, absent: defaults, without: 'the default settings hold', onNotice })
  return {
    settings: () => file.read(),
    saveSettings: async (changes) => {
      const settings = await file.change((current) => checked({ ...current, ...changes }))
      onChange(settings)
      return settings
    },
  }
}

function checked(settings: Settings): Settings {
  const parsed = z.object(shape).safeParse(settings)
  if (parsed.success) return parsed.data
  throw new GodwitError('settings.invalid', parsed.error.issues.map(({ message }) => message).join('; '))
}
