/** Which links may be handed to the system's browser: the publishers and projects that the program cites. */

const citedHosts: ReadonlySet<string> = new Set([
  'arxiv.org',
  'dl.acm.org',
  'doi.org',
  'ieeexplore.ieee.org',
  'kubevirt.io',
  'www.qemu.org',
  'www.usenix.org',
  'xenproject.org',
])

/** A whole https URL of a cited host, with no name, password or port in it. */
export function isCitedLink(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, username, password, port } = new URL(url)
  return protocol === 'https:' && citedHosts.has(hostname) && username === '' && password === '' && port === ''
}
