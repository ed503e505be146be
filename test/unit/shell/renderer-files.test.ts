import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { answerRendererRequest } from '../../../src-main/shell/renderer-files.ts'
import { temporaryFolder } from '../../helpers/temporary-folder.ts'

function builtFolder(): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.js'), 'secret')
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html>')
  writeFileSync(join(folder, 'renderer', 'assets', 'über uns.js'), 'export {}')
  writeFileSync(join(folder, 'renderer', 'notes.txt'), 'notes')
  symlinkSync(join(folder, 'secret.js'), join(folder, 'renderer', 'link.js'))
  return join(folder, 'renderer')
}

const get = (folder: string, path: string, method = 'GET'): Promise<Response> => answerRendererRequest(folder, { method, url: `app://godwit${path}` })

describe('the files of the renderer', () => {
  it('come with their type, a strict policy, and no guessing of types', async () => {
    const answer = await get(builtFolder(), '/')
    expect([answer.status, await answer.text()]).toEqual([200, '<!doctype html>'])
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
    const policy = answer.headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/)
  })

  it('are found by names that are no plain ASCII', async () => {
    const answer = await get(builtFolder(), `/assets/${encodeURIComponent('über uns.js')}`)
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([200, 'text/javascript; charset=utf-8'])
  })

  it.each(['/../secret.js', '/..%2fsecret.js', '/%2e%2e%2fsecret.js', '/assets/..%2f..%2fsecret.js', '/..%5csecret.js', '/link.js', '/assets', '/assets/', '/%00', '/%', '/missing.js', '/notes.txt'])(
    'are the only ones: nothing at %s',
    async (path) => {
      const answer = await get(builtFolder(), path)
      expect([answer.status, await answer.text()]).toEqual([404, ''])
    },
  )

  it('are read only', async () => {
    expect((await get(builtFolder(), '/index.html', 'POST')).status).toBe(405)
    const head = await get(builtFolder(), '/index.html', 'HEAD')
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})
