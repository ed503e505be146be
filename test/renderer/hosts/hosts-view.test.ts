// @vitest-environment happy-dom
/** The machines with agents: what the window tells of them, how they are added, tested and taken out. */

import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { expiryInWords, factsInWords } from '../../../src-renderer/features/hosts/host-words.ts'
import HostsView from '../../../src-renderer/features/hosts/HostsView.vue'
import { useSession } from '../../../src-renderer/stores/session.ts'
import { type InMemoryApp, startInMemoryApp } from '../stores/in-memory-app.ts'

let view: VueWrapper | undefined
afterEach(() => {
  view?.unmount()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

async function open(prepare: (app: InMemoryApp) => void = () => undefined): Promise<{ readonly app: InMemoryApp; readonly shown: VueWrapper }> {
  const app = await startInMemoryApp()
  prepare(app)
  view = mount(HostsView, { global: { plugins: app.plugins }, attachTo: document.body })
  return { app, shown: view }
}

async function opened(prepare?: (app: InMemoryApp) => void) {
  const found = await open(prepare)
  await flushPromises()
  return found
}

async function add(shown: VueWrapper, address: string, name = ''): Promise<void> {
  const [first, second] = shown.findAll('form[aria-label="Add a machine"] input')
  await first?.setValue(address)
  await second?.setValue(name)
  await shown.get('form[aria-label="Add a machine"]').trigger('submit')
  await flushPromises()
}

const entries = (shown: VueWrapper) => shown.findAll('li.host')

describe('the list of machines', () => {
  it('loads, then has this machine alone and says how to run on it', async () => {
    const { shown } = await open()
    expect(shown.get('[role="status"]').text()).toContain('Reading the list of machines')
    await flushPromises()
    expect(entries(shown).map((entry) => entry.get('h3').text())).toEqual(['This machine'])
    expect(shown.text()).toContain('No other machines are known')
    expect(entries(shown)[0]?.find('[aria-label^="Remove "]').exists()).toBe(false)
  })

  it('that cannot be read is told with its reason, and tried again', async () => {
    const { app, shown } = await opened(({ refusals }) => void refusals.set('hosts', new GodwitError('config.read', '"hosts.json" cannot be read (EACCES); check its permissions')))
    expect(shown.get('[role="alert"]').text()).toContain('"hosts.json" cannot be read (EACCES); check its permissions.')
    app.refusals.clear()
    await shown.get('[role="alert"] button').trigger('click')
    await flushPromises()
    expect(entries(shown)).toHaveLength(1)
  })

  it('takes a machine in and out', async () => {
    const { shown } = await opened()
    await add(shown, 'lab-2:7300', 'The other one')
    expect(entries(shown).map((entry) => entry.get('h3').text())).toEqual(['This machine', 'The other one'])
    expect(shown.text()).not.toContain('No other machines are known')
    expect((shown.get('form input').element as HTMLInputElement).value).toBe('')
    await shown.get('[aria-label="Remove The other one"]').trigger('click')
    await flushPromises()
    expect(entries(shown)).toHaveLength(1)
  })

  it('refuses an address beside its field, and keeps what was typed', async () => {
    const { shown } = await opened()
    await add(shown, 'lab-2')
    expect(shown.get('form [role="alert"]').text()).toBe('A host and a port are expected, such as lab-2:7300.')
    expect(shown.get('form input').attributes('aria-invalid')).toBe('true')
    expect((shown.get('form input').element as HTMLInputElement).value).toBe('lab-2')
  })

  it('tells what removing was refused with', async () => {
    const { app, shown } = await opened()
    await add(shown, 'lab-2:7300')
    app.refusals.set('removeHost', new GodwitError('config.write', 'the disk is full'))
    await shown.get('[aria-label^="Remove "]').trigger('click')
    await flushPromises()
    expect(useSession().notice?.text).toBe('the disk is full')
    expect(entries(shown)).toHaveLength(2)
  })
})

describe('a test of the connection', () => {
  it('shows that it goes on, then what the agent says', async () => {
    const { shown } = await opened()
    const entry = entries(shown)[0]
    expect(entry?.get('.state').text()).toBe('Not asked yet')
    await shown.get('[aria-label="Test This machine"]').trigger('click')
    expect(entry?.get('.state').text()).toBe('Asking')
    expect(entry?.attributes('aria-busy')).toBe('true')
    await flushPromises()
    expect(entry?.get('.state').text()).toBe('Answers')
    expect(entry?.findAll('dd').map((cell) => cell.text())).toEqual(['godwit 0.1.0', 'Linux 6.1 x64', '16 GiB, 3.5 GiB free for guests', '0.73 ms', 'certificates, encrypted', '01234567 as source, the guest is running'])
  })

  it('tells in a sentence why nobody answers, and forgets it with the machine', async () => {
    const { shown } = await opened()
    await add(shown, 'dead:7300')
    await shown.get('[aria-label="Test dead:7300"]').trigger('click')
    await flushPromises()
    expect(entries(shown)[1]?.get('[role="alert"]').text()).toBe('Nobody answers at dead:7300.')
    expect(entries(shown)[1]?.get('.mark').classes()).toContain('bad')
    await shown.get('[aria-label^="Remove "]').trigger('click')
    await flushPromises()
    await add(shown, 'live:7300')
    expect(entries(shown)[1]?.get('.state').text()).toBe('Not asked yet')
  })

  it('of all of them asks each', async () => {
    const { shown } = await opened()
    await add(shown, 'dead:7300')
    await shown.findAll('button').find((button) => button.text() === 'Test all')?.trigger('click')
    await flushPromises()
    expect(entries(shown).map((entry) => entry.get('.state').text())).toEqual(['Answers', 'No answer'])
  })

  it('that the program itself refuses is no answer either', async () => {
    const { shown } = await opened(({ refusals }) => void refusals.set('testHost', new GodwitError('rpc.lost', 'the program cannot be reached')))
    await shown.get('[aria-label^="Test "]').trigger('click')
    await flushPromises()
    expect(entries(shown)[0]?.get('[role="alert"]').text()).toBe('The program cannot be reached.')
  })
})

describe('beside the list', () => {
  it('certificates are told with what they are for and how long they hold', async () => {
    const { shown } = await opened()
    const rows = shown.get('table[aria-label="Certificates"]').findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))
    expect(rows).toEqual([['Godwit authority lab-1', 'signs those of machines', 'until 2099-01-01'], ['lab-1', 'proves this machine', 'expired on 2020-01-01; issue another']])
    expect(shown.text()).toContain('/lab/agent')
  })

  it('commands are copied, or selected where copying is not allowed', async () => {
    const { shown } = await opened()
    const copied: string[] = []
    vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => void copied.push(text) } })
    await shown.get('[aria-label="Copy: godwit agent init"]').trigger('click')
    await flushPromises()
    expect(copied).toEqual(['godwit agent init'])
    expect(shown.get('[aria-label="Copy: godwit agent init"]').text()).toBe('Copied')
    vi.stubGlobal('navigator', { clipboard: { writeText: () => Promise.reject(new Error('denied')) } })
    await shown.get('[aria-label^="Copy: godwit agent listen"]').trigger('click')
    await flushPromises()
    expect(shown.get('[aria-label^="Copy: godwit agent listen"]').text()).toBe('Press Ctrl+C')
  })
})

describe('words', () => {
  const certificate = { fileName: 'c.pem', subject: 'c', isAuthority: false, isExpired: false }

  it.each([
    ['2027-06-01T00:00:00.000Z', 'until 2027-06-01', 'fine'],
    ['2026-01-11T12:00:00.000Z', 'until 2026-01-11, 10 days from now', 'caution'],
    ['2026-01-02T12:00:00.000Z', 'until 2026-01-02, one day from now', 'caution'],
    ['2026-01-01T12:00:00.000Z', 'until 2026-01-01, less than a day from now', 'caution'],
  ])('a certificate that holds until %s is told as such', (expiresAt, text, tone) => {
    expect(expiryInWords({ ...certificate, expiresAt }, new Date('2026-01-01T00:00:00.000Z'))).toEqual({ text, tone })
  })

  it('tell a machine of little memory, and one that is overcommitted', () => {
    const facts = { agent: 'a', version: '1', os: 'o', memoryBytes: 512 * 2 ** 20, freeBytes: -5, roundTripMs: 12.345, credentials: 'other', sessions: [] }
    expect(factsInWords(facts).map(({ text }) => text)).toEqual(['a', 'o', '512 MiB, 0 B free for guests', '12 ms', 'other', 'none'])
  })
})
