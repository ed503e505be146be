/** What an unsaved suite is called, and how long ago something was, in words. */

import { parseDocument } from 'yaml'
import type { Draft } from '#shared/rpc/app-contract.ts'

export function draftName({ text, path }: Draft): string {
  const document = parseDocument(text, { logLevel: 'silent' })
  const name: unknown = document.errors.length > 0 ? undefined : document.get('name')
  return typeof name === 'string' && name !== '' ? name : (path?.replace(/^.*[\\/]/, '') ?? 'Unnamed suite')
}

export function timeAgo(iso: string, now = Date.now()): string {
  const minutes = Math.round((now - Date.parse(iso)) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`
  const hours = Math.round(minutes / 60)
  if (hours < 24) return hours === 1 ? 'an hour ago' : `${hours} hours ago`
  const days = Math.round(hours / 24)
  return days === 1 ? 'yesterday' : `${days} days ago`
}
