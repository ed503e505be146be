// @vitest-environment happy-dom
/** The suite that is being designed: undo, drafts, and saving, against a service over an in-memory pair. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useSession } from '../../../src-renderer/stores/session.ts'
import { useSuiteDocument } from '../../../src-renderer/stores/suite-document.ts'
import type { PlanRequest } from '../../../src-renderer/workers/plan-protocol.ts'
import { WindowWorker } from '../window-workers.ts'
import { type InMemoryApp, startInMemoryApp } from './in-memory-app.ts'

const file = '# by hand\ngodwit: 1\nname: Mine # working title\nbase: { preset: lab/hot-cold-1g }\nrepeat: 2\n'
let app: InMemoryApp

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 5, 1) })
  app = await startInMemoryApp()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Lets the pause after an edit pass, and what it brought be answered. */
async function pause(ms = 1000): Promise<void> {
  await app.settled()
  await vi.advanceTimersByTimeAsync(ms)
  await app.settled()
}

describe('undo', () => {
  it('takes keystrokes in one field that follow closely as one step', () => {
    const document = useSuiteDocument()
    for (const name of ['A', 'Ab', 'Abc']) {
      document.set(['name'], name)
      vi.advanceTimersByTime(100)
    }
    document.undo()
    expect([document.name, document.canUndo]).toEqual(['New suite', false])
    document.redo()
    expect([document.name, document.canRedo]).toEqual(['Abc', false])
  })

  it('takes another field, and a field after a pause, as a step of its own', () => {
    const document = useSuiteDocument()
    document.set(['name'], 'A')
    document.set(['repeat'], 9)
    vi.advanceTimersByTime(1000)
    document.set(['repeat'], 10)
    document.undo()
    expect(document.valueAt(['repeat'])).toBe(9)
    document.undo()
    expect([document.valueAt(['repeat']), document.name]).toEqual([5, 'A'])
  })

  it('takes each move of a factor as a step', () => {
    const document = useSuiteDocument()
    document.set(['vary'], [{ field: 'guest.memory', values: ['1 GiB'] }, { field: 'link.latency', values: ['1 ms'] }, { field: 'guest.vcpus', values: [1] }])
    document.move(['vary'], 0, 1)
    document.move(['vary'], 1, 2)
    document.undo()
    expect(document.valueAt(['vary', 1, 'field'])).toBe('guest.memory')
  })

  it('brings the very text back that a hand-written file had', async () => {
    app.files.set('/lab/a.yaml', { text: file, modifiedAt: '1' })
    const document = useSuiteDocument()
    await document.open('/lab/a.yaml')
    expect([document.text, document.isDirty]).toEqual([file, false])
    document.set(['name'], 'Ours')
    expect(document.text).toBe(file.replace('Mine', 'Ours'))
    document.undo()
    expect([document.text, document.isDirty]).toEqual([file, false])
  })
})

describe('a broken file', () => {
  it('is told with its line, is not edited by field, and is left as it is', () => {
    const document = useSuiteDocument()
    document.replaceText('name: [\nrepeat: 2\n')
    expect(document.isBroken).toBe(true)
    expect(document.problems[0]?.line).toBeGreaterThan(0)
    document.set(['repeat'], 3)
    expect(document.text).toBe('name: [\nrepeat: 2\n')
    expect(useSession().notice?.text).toContain('broken YAML')
  })
})

/** A planning thread that works when the test lets it. */
class HeldWorker extends WindowWorker {
  static all: HeldWorker[] = []
  readonly asked: string[] = []
  readonly #held: Array<() => void> = []

  constructor(file: URL | string) {
    super(file)
    HeldWorker.all.push(this)
  }

  override postMessage(request: PlanRequest): void {
    this.asked.push(request.text)
    this.#held.push(() => super.postMessage(request))
  }

  goOn(): void {
    for (const work of this.#held.splice(0)) work()
  }
}

describe('planning', () => {
  const shown = () => [useSuiteDocument().plan?.runs, useSuiteDocument().isPlanning]

  beforeEach(() => {
    HeldWorker.all = []
  })
  afterEach(() => void vi.unstubAllGlobals())

  it('asks for a small suite at once and for a large one when the typing pauses', async () => {
    const document = useSuiteDocument()
    document.set(['repeat'], 7)
    await app.settled()
    expect(shown()).toEqual([7, false])
    document.set(['repeat'], 5000)
    await app.settled()
    expect(shown()).toEqual([7, true])
    await pause()
    expect(shown()).toEqual([5000, false])
  })

  it('shows no plan of a text that was changed since', async () => {
    vi.stubGlobal('Worker', HeldWorker)
    const document = useSuiteDocument()
    document.set(['repeat'], 7)
    document.set(['repeat'], 8)
    const [planner] = HeldWorker.all
    planner?.goOn()
    await app.settled()
    expect(shown()).toEqual([undefined, true])
    planner?.goOn()
    await app.settled()
    expect(shown()).toEqual([8, false])
    expect(planner?.asked).toHaveLength(2)
  })

  it('drops what is being planned when the text cannot be read any more', async () => {
    vi.stubGlobal('Worker', HeldWorker)
    const document = useSuiteDocument()
    document.set(['repeat'], 'often')
    HeldWorker.all[0]?.goOn()
    await app.settled()
    expect([...shown(), document.problems[0]?.field]).toEqual([undefined, false, 'repeat'])
  })

  it('tells what is wrong with the points as problems of the suite', async () => {
    const document = useSuiteDocument()
    document.set(['constraint'], 'link.bandwidth > "900 Gbit/s"')
    await app.settled()
    expect([document.plan, document.problems[0]?.field, document.problems[0]?.message]).toEqual([null, 'constraint', 'the constraint leaves no point of the suite to run'])
  })

  it('says that planning broke, and plans the next text', async () => {
    vi.stubGlobal('Worker', HeldWorker)
    const document = useSuiteDocument()
    HeldWorker.all[0]?.dispatchEvent(Object.assign(new Event('error'), { message: 'out of memory' }))
    await app.settled()
    expect([...shown(), useSession().notice?.text]).toEqual([undefined, false, 'planning broke: out of memory'])
    document.set(['repeat'], 3)
    HeldWorker.all.at(-1)?.goOn()
    await app.settled()
    expect(shown()).toEqual([3, false])
  })
})

describe('drafts', () => {
  it('are kept after an edit and dropped when it is saved', async () => {
    const document = useSuiteDocument()
    document.set(['name'], 'Unsaved')
    await pause()
    expect([...app.drafts.values()].map(({ path, text }) => [path, text.includes('name: Unsaved')])).toEqual([[null, true]])
    expect(await document.save('/lab/new.yaml')).toBe(true)
    expect([app.drafts.size, app.files.get('/lab/new.yaml')?.text, document.isDirty]).toEqual([0, document.text, false])
  })

  it('are not made of a demo suite that was only opened', async () => {
    useSuiteDocument().startFromPreset('clark-2005')
    await pause()
    expect(app.drafts.size).toBe(0)
  })

  it('are dropped when undo leads back to what is saved', async () => {
    const document = useSuiteDocument()
    document.set(['name'], 'Unsaved')
    await pause()
    document.undo()
    await pause()
    expect(app.drafts.size).toBe(0)
  })

  it('keep what was not saved when another suite is opened over it, without waiting for a pause', async () => {
    app.files.set('/lab/a.yaml', { text: file, modifiedAt: '1' })
    const document = useSuiteDocument()
    document.set(['name'], 'Nearly lost')
    await document.open('/lab/a.yaml')
    await pause()
    expect([...app.drafts.values()].map(({ text }) => text.includes('Nearly lost'))).toEqual([true])
    expect(document.drafts.map(({ text }) => text.includes('Nearly lost'))).toEqual([true])
  })

  it('are taken up by the next window, the newest first', async () => {
    app.drafts.set('old', { draftId: 'old', path: null, text: 'name: Old\n', savedAt: '2026-01-01T00:00:00.000Z' })
    app.drafts.set('new', { draftId: 'new', path: null, text: 'name: New\n', savedAt: '2026-01-02T00:00:00.000Z' })
    const document = useSuiteDocument()
    expect(await document.recover()).toBe(true)
    expect([document.text, document.isDirty]).toEqual(['name: New\n', true])
    document.set(['name'], 'Newer')
    await pause()
    expect(app.drafts.get('new')?.text).toBe('name: Newer\n')
    expect(await document.recover('old')).toBe(true)
    expect(document.name).toBe('Old')
  })

  it('find no draft where there is none', async () => {
    expect(await useSuiteDocument().recover()).toBe(false)
  })

  it('do not write over a file that was changed after the draft was kept', async () => {
    app.files.set('/lab/a.yaml', { text: file, modifiedAt: '2026-03-01T00:00:00.000Z' })
    app.drafts.set('d', { draftId: 'd', path: '/lab/a.yaml', text: 'name: Draft\n', savedAt: '2026-02-01T00:00:00.000Z' })
    const document = useSuiteDocument()
    await document.recover()
    expect(await document.save()).toBe(false)
    expect([app.files.get('/lab/a.yaml')?.text, document.conflict?.path]).toEqual([file, '/lab/a.yaml'])
  })
})

describe('a file that somebody else changed', () => {
  const theirs = file.replace('Mine', 'Theirs')

  async function conflicting() {
    app.files.set('/lab/a.yaml', { text: file, modifiedAt: '1' })
    const document = useSuiteDocument()
    await document.open('/lab/a.yaml')
    document.set(['name'], 'Ours')
    app.files.set('/lab/a.yaml', { text: theirs, modifiedAt: '2' })
    expect(await document.save()).toBe(false)
    expect(app.files.get('/lab/a.yaml')?.text).toBe(theirs)
    expect(document.conflict?.message).toContain('changed by another program')
    return document
  }

  it('is overwritten only on demand', async () => {
    const document = await conflicting()
    expect(await document.overwrite()).toBe(true)
    expect([app.files.get('/lab/a.yaml')?.text.includes('Ours'), document.conflict, document.isDirty]).toEqual([true, null, false])
    document.set(['repeat'], 3)
    expect(await document.save()).toBe(true)
  })

  it('is loaded again on demand, and undo brings the own text back', async () => {
    const document = await conflicting()
    await document.reload()
    expect([document.text, document.conflict, document.isDirty]).toEqual([theirs, null, false])
    document.undo()
    expect([document.name, document.isDirty]).toEqual(['Ours', true])
    expect(await document.save()).toBe(true)
  })
})
