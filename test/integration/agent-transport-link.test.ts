/** The link that agents imitate: bandwidth, shares, latency, jitter and loss, over real sockets and in real time. */

import { afterEach, describe, expect, it } from 'vitest'
import { nowNs, sleep } from '../../src-main/agent/clock.ts'
import type { ShapedLinkOptions } from '../../src-main/agent/transport/contract.ts'
import { ShapedLink } from '../../src-main/agent/transport/shaped-link.ts'
import { connectPeers, Journal, limitsOf, memoryOf, pageBytes, type Peers, plainLink, plainPages } from '../helpers/agent-peers.ts'

const opened: Peers[] = []
afterEach(async () => {
  for (const peers of opened.splice(0)) await peers.close()
})

const pageCount = 256
const memory = memoryOf(pageCount)

/** A connection over the link, and what comes at its end. */
async function over(link: ShapedLink | null) {
  const peers = await connectPeers()
  opened.push(peers)
  const { dialled, accepted } = peers
  const journal = new Journal(pageCount)
  accepted.setLimits(limitsOf(pageCount))
  accepted.receive(journal)
  dialled.receive(new Journal())
  dialled.sendOver(link)
  return { sender: dialled, journal }
}

const linkOf = (options: Partial<ShapedLinkOptions>): ShapedLink => new ShapedLink({ ...plainLink, ...options })

/** Sends frames of so many pages for about a second of link time; returns bits per second as they arrived, and by the sender's promises. */
async function measured({ sender, journal }: Awaited<ReturnType<typeof over>>, bitsPerSecond: number, framePages: number, rate?: number) {
  const [head, content] = plainPages(memory, 0, framePages)
  const frameBits = (head.byteLength + content.byteLength) * 8
  const frames = Math.ceil(bitsPerSecond / frameBits)
  const fromNs = nowNs()
  await Promise.all(Array.from({ length: frames }, () => sender.frame([head, content], rate === undefined ? {} : { rate })))
  const sentNs = nowNs() - fromNs
  await journal.until(() => journal.batches.length === frames)
  const arrivedNs = (journal.batches.at(-1)?.atNs ?? 0) - fromNs
  return { sent: (frames * frameBits * 1e9) / sentNs, arrived: (frames * frameBits * 1e9) / arrivedNs }
}

// Other programs may keep the machine busy for a while; a rate that is wrong is so each time.
describe('The rate of a shaped link', { retry: 2 }, () => {
  it.each([
    ['10 Mbit/s', 10e6, 16],
    ['100 Mbit/s', 100e6, 64],
    ['1 Gbit/s', 1e9, 256],
    ['2 Gbit/s', 2e9, 256],
  ])('is that of the scenario over a second: %s', async (_name, bandwidth, framePages) => {
    const { sent, arrived } = await measured(await over(linkOf({ bandwidth })), bandwidth, framePages)
    expect(Math.abs(sent / bandwidth - 1)).toBeLessThan(0.03)
    expect(Math.abs(arrived / bandwidth - 1)).toBeLessThan(0.03)
  })

  it('is kept by a sender that sends the next frame only when the last has left', async () => {
    const { sender } = await over(linkOf({ bandwidth: 200e6 }))
    const [head, content] = plainPages(memory, 0, 64)
    const frameBits = (head.byteLength + content.byteLength) * 8
    const frames = Math.ceil(200e6 / frameBits)
    const fromNs = nowNs()
    for (let i = 0; i < frames; i++) await sender.frame([head, content])
    expect(Math.abs((frames * frameBits * 1e9) / (nowNs() - fromNs) / 200e6 - 1)).toBeLessThan(0.03)
  })

  it('leaves to the traffic of others and of the guest what a fair share gives them', async () => {
    const link = linkOf({ bandwidth: 300e6, background: 1e9 })
    link.setGuestDemand(50e6)
    const path = await over(link)
    expect(link.capacity).toBe(125e6)
    const fromBits = link.guestBits
    const fromNs = nowNs()
    const { sent } = await measured(path, 125e6, 64)
    const guestRate = ((link.guestBits - fromBits) * 1e9) / (nowNs() - fromNs)
    expect(Math.abs(sent / 125e6 - 1)).toBeLessThan(0.03)
    expect(Math.abs(guestRate / 50e6 - 1)).toBeLessThan(0.01)
  })

  it.each([['over a link', linkOf({ bandwidth: 1e9 })], ['without a link', null]])('is stretched to what a send asks for, %s', async (_name, link) => {
    const path = await over(link)
    const { sent, arrived } = await measured(path, 50e6, 256, 50e6)
    expect(Math.abs(sent / 50e6 - 1)).toBeLessThan(0.03)
    expect(Math.abs(arrived / 50e6 - 1)).toBeLessThan(0.03)
  })

  it('charges the bytes that come beside those of a frame', async () => {
    const { sender } = await over(linkOf({ bandwidth: 100e6 }))
    const [head, content] = plainPages(memory, 0, 64)
    const bytes = head.byteLength + content.byteLength
    const fromNs = nowNs()
    await sender.frame([head, content], { extraBytes: bytes })
    expect(nowNs() - fromNs).toBeGreaterThan((2 * bytes * 8e9) / 100e6)
    expect(sender.sentBytes).toBe(2 * bytes)
  })

  it('does not save up what was not used while nothing was sent', async () => {
    const { sender } = await over(linkOf({ bandwidth: 100e6 }))
    const [head, content] = plainPages(memory, 0, 256)
    await sender.frame([head, content])
    await sleep(200e6)
    const fromNs = nowNs()
    await sender.frame([head, content])
    const leastNs = ((head.byteLength + content.byteLength) * 8e9) / 100e6
    expect(nowNs() - fromNs).toBeGreaterThan(leastNs - 2e6)
  })
})

describe('Two connections over one link', { retry: 2 }, () => {
  it('get the same share', async () => {
    const link = linkOf({ bandwidth: 100e6 })
    const paths = [await over(link), await over(link)]
    const [head, content] = plainPages(memory, 0, 256)
    for (const { sender } of paths) for (let i = 0; i < 12; i++) sender.frame([head, content]).catch(() => undefined)
    await sleep(500e6)
    const [first = 0, second = 0] = paths.map(({ sender }) => sender.sentBytes)
    expect(Math.abs(first / second - 1)).toBeLessThan(0.03)
    expect(first + second).toBeLessThan((100e6 / 8) * 0.6)
  })

  it('share what a third that asks for little leaves', async () => {
    const link = linkOf({ bandwidth: 100e6 })
    const [modest, greedy] = [await over(link), await over(link)]
    const [head, content] = plainPages(memory, 0, 256)
    const fromNs = nowNs()
    for (let i = 0; i < 12; i++) {
      modest.sender.frame([head, content], { rate: 10e6 }).catch(() => undefined)
      greedy.sender.frame([head, content]).catch(() => undefined)
    }
    await sleep(500e6)
    const seconds = (nowNs() - fromNs) / 1e9
    expect(Math.abs((modest.sender.sentBytes * 8) / seconds / 10e6 - 1)).toBeLessThan(0.05)
    expect(Math.abs((greedy.sender.sentBytes * 8) / seconds / 90e6 - 1)).toBeLessThan(0.05)
  })

  it('let a page on one pass a large batch on the other', async () => {
    const link = linkOf({ bandwidth: 100e6 })
    const [bulk, asked] = [await over(link), await over(link)]
    const [head, content] = plainPages(memory, 0, 256)
    for (let i = 0; i < 4; i++) bulk.sender.frame([head, content]).catch(() => undefined)
    await sleep(20e6)
    const fromNs = nowNs()
    asked.sender.frame(plainPages(memory, 7, 1)).catch(() => undefined)
    await asked.journal.until(() => asked.journal.pageCount === 1)
    // The batch alone would take a third of a second.
    expect(nowNs() - fromNs).toBeLessThan(15e6)
  })
})

describe('What is on its way', { retry: 2 }, () => {
  it('takes the latency, and not much more', async () => {
    const { sender, journal } = await over(linkOf({ latencyNs: 100_000 }))
    const delays: number[] = []
    for (let i = 0; i < 50; i++) {
      const fromNs = nowNs()
      await sender.message({ kind: 'commit' })
      await journal.until(() => journal.messages.length === i + 1)
      delays.push((journal.messages[i]?.atNs ?? 0) - fromNs)
    }
    delays.sort((a, b) => a - b)
    expect(delays[0]).toBeGreaterThanOrEqual(100_000)
    expect(delays[25]).toBeLessThan(500_000)
  })

  it('has left for its sender before it arrives', async () => {
    const { sender, journal } = await over(linkOf({ latencyNs: 200e6 }))
    const fromNs = nowNs()
    await sender.message({ kind: 'commit' })
    expect(nowNs() - fromNs).toBeLessThan(150e6)
    await journal.until(() => journal.messages.length === 1)
    expect(nowNs() - fromNs).toBeGreaterThanOrEqual(200e6)
  })

  it('arrives later by a jitter of the mean asked for, in order', async () => {
    const { sender, journal } = await over(linkOf({ latencyNs: 1e6, jitterNs: 5e6 }))
    const delays: number[] = []
    for (let i = 0; i < 60; i++) {
      const fromNs = nowNs()
      await sender.message({ kind: 'finished', missing: i })
      await journal.until(() => journal.messages.length === i + 1)
      delays.push((journal.messages[i]?.atNs ?? 0) - fromNs)
    }
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length
    expect(mean).toBeGreaterThan(4e6)
    expect(mean).toBeLessThan(9e6)
    for (let i = 60; i < 160; i++) sender.message({ kind: 'finished', missing: i }).catch(() => undefined)
    await journal.until(() => journal.messages.length === 160)
    expect(journal.messages.map(({ message }) => (message.kind === 'finished' ? message.missing : -1))).toEqual(Array.from({ length: 160 }, (_, i) => i))
  })

  it('waits for packets that were lost, as many as the share says', async () => {
    const { sender, journal } = await over(linkOf({ bandwidth: 1e9, latencyNs: 1e6, loss: 0.01 }))
    const [head, content] = plainPages(memory, 0, 256)
    const fromNs = nowNs()
    const frames = 20
    await Promise.all(Array.from({ length: frames }, () => sender.frame([head, content])))
    await journal.until(() => journal.batches.length === frames)
    const bytes = frames * (head.byteLength + content.byteLength)
    const expectedNs = (bytes * 8e9) / 1e9 + (bytes / 1500) * 0.01 * 3e6
    expect(Math.abs((nowNs() - fromNs) / expectedNs - 1)).toBeLessThan(0.25)
  })

  it('keeps the order when the link is changed while frames wait', async () => {
    const { sender, journal } = await over(linkOf({ bandwidth: 20e6, latencyNs: 20e6 }))
    const sends = [sender.frame(plainPages(memory, 0, 64)), sender.message({ kind: 'finished', missing: 1 })]
    sender.sendOver(null)
    sends.push(sender.message({ kind: 'finished', missing: 2 }))
    sender.sendOver(linkOf({}))
    sends.push(sender.message({ kind: 'finished', missing: 3 }))
    await Promise.all(sends)
    await journal.until(() => journal.messages.length === 3)
    expect(journal.pageCount).toBe(64)
    expect(journal.messages.map(({ message }) => (message.kind === 'finished' ? message.missing : 0))).toEqual([1, 2, 3])
    expect(journal.memory.subarray(0, 64 * pageBytes)).toEqual(memory.subarray(0, 64 * pageBytes))
  })
})
