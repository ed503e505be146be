import { describe, expect, it } from 'vitest'
import { isOurUrl, startUrl } from '../../../src-main/shell/our-page.ts'
import { isCitedLink } from '../../../src-main/shell/security/external-links.ts'
import { isOurSender } from '../../../src-main/shell/security/senders.ts'

it.each([
  [startUrl, true],
  ['app://godwit/index.html#/runs', true],
  ['app://godwit.example.org/index.html', false],
  ['app://godwit:1/index.html', false],
  ['app://user@godwit/index.html', false],
  ['https://godwit/index.html', false],
  ['file:///index.html', false],
  ['about:srcdoc', false],
  ['', false],
])('whether %s is a page of ours: %s', (url, answer) => {
  expect(isOurUrl(url)).toBe(answer)
})

it.each([
  ['https://doi.org/10.1145/1', true],
  ['https://www.usenix.org/legacy/events/nsdi05/', true],
  ['http://doi.org/10.1145/1', false],
  ['https://sub.doi.org/', false],
  ['https://doi.org.example.org/', false],
  ['https://example.org/?https://doi.org/', false],
  ['https://doi.org:8443/', false],
  ['https://ada:secret@doi.org/', false],
  ['javascript:alert(1)', false],
  ['file:///etc/passwd', false],
  ['doi.org', false],
])('whether %s may open in the browser of the system: %s', (url, answer) => {
  expect(isCitedLink(url)).toBe(answer)
})

describe('a sender over the bridge', () => {
  type Sent = Parameters<typeof isOurSender>[0]
  type Window = Parameters<typeof isOurSender>[1]
  const window = { id: 1 } as Window
  const sent = (senderId: number, senderFrame: { readonly url: string; readonly parent: unknown } | null) => ({ sender: { id: senderId }, senderFrame }) as Sent

  it('is the main frame of our window, on a page of ours', () => {
    expect(isOurSender(sent(1, { url: startUrl, parent: null }), window)).toBe(true)
  })

  it.each([
    ['another window', sent(2, { url: startUrl, parent: null })],
    ['a frame inside the page', sent(1, { url: startUrl, parent: {} })],
    ['a page of somebody else', sent(1, { url: 'https://example.org/', parent: null })],
    ['a page that was never loaded', sent(1, { url: 'about:blank', parent: null })],
    ['a frame that is gone', sent(1, null)],
  ])('is not %s', (_who, event) => {
    expect(isOurSender(event, window)).toBe(false)
  })
})
