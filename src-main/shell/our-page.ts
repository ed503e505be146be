/** The address of our page, and which URLs are pages of ours. */

export const scheme = 'app'
const host = 'godwit'

/** The page of the one window. */
export const startUrl = `${scheme}://${host}/index.html`

export function isOurUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host: urlHost, username, password } = new URL(url)
  return protocol === `${scheme}:` && urlHost === host && username === '' && password === ''
}
