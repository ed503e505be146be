/** What memory holds at first: the classes that the scenario says, which real compressors see as such. */

import { describe, expect, it } from 'vitest'
import type { ContentClass } from '#shared/scenario/compressors.ts'
import { compressPage } from '../../../src-main/agent/pages/compress-page.ts'
import { contentClassOf } from '../../../src-main/agent/pages/content-class.ts'
import { PageContent } from '../../../src-main/agent/guest/page-content.ts'
import { scenarioOf } from '../../helpers/scenarios.ts'

const pages = 2000

function contentOf(pageSize: string, seed = 7): { content: PageContent; page: Int32Array; bytes: Uint8Array } {
  const scenario = scenarioOf({ guest: { memory: '256 MiB', pageSize, zeroPages: '30 %', similarPages: '40 %', randomPages: '10 %' }, workload: { workingSet: '1 MiB' } })
  const page = new Int32Array(scenario.guest.pageSize / 4)
  return { content: new PageContent(scenario, seed, [{ firstPage: 0, endPage: 100 }]), page, bytes: new Uint8Array(page.buffer) }
}

describe('the content of memory', () => {
  it.each(['1 KiB', '4 KiB', '64 KiB'])('is of the classes that the scenario says (pages of %s)', (pageSize) => {
    const { content, page, bytes } = contentOf(pageSize)
    const counts: Record<ContentClass, number> = { zero: 0, similar: 0, ordinary: 0, random: 0 }
    for (let number = 0; number < pages; number++) {
      content.fill(number, page, 0)
      counts[content.classOf(number)]++
      expect(contentClassOf(bytes, page)).toBe(content.classOf(number))
      if (number < 100) expect(content.classOf(number)).not.toBe('zero')
    }
    expect(counts.zero / (pages - 100)).toBeCloseTo(0.3, 1)
    expect(counts.similar / (pages - counts.zero)).toBeCloseTo(0.4, 1)
    expect(counts.random / (pages - counts.zero)).toBeCloseTo(0.1, 1)
  })

  it.each([
    ['zlib', 8, 2.73],
    ['lz4', 6, 2.1],
    ['zstd', 10, 2.88],
  ] as const)('compresses with %s about as the simulator says', (compressor, similar, ordinary) => {
    const { content, page, bytes } = contentOf('4 KiB')
    const sizes: Record<ContentClass, number[]> = { zero: [], similar: [], ordinary: [], random: [] }
    for (let number = 0; number < 500; number++) {
      content.fill(number, page, 0)
      sizes[content.classOf(number)].push(compressPage(compressor, bytes)?.bytes.byteLength ?? bytes.byteLength)
    }
    const ratio = (of: ContentClass): number => (sizes[of].length * bytes.byteLength) / sizes[of].reduce((sum, size) => sum + size, 0)
    expect(ratio('random')).toBeLessThan(1.01)
    expect(ratio('ordinary') / ordinary).toBeGreaterThan(0.85)
    expect(ratio('ordinary') / ordinary).toBeLessThan(1.15)
    expect(ratio('similar') / similar).toBeGreaterThan(0.7)
    expect(ratio('similar') / similar).toBeLessThan(1.6)
  })

  it('differs from page to page and from seed to seed, and is the same each time', () => {
    const { content, page } = contentOf('4 KiB')
    const other = contentOf('4 KiB', 8)
    const seen = new Set<string>()
    for (let number = 0; number < 500; number++) {
      if (content.classOf(number) === 'zero') continue
      content.fill(number, page, 0)
      other.content.fill(number, other.page, 0)
      const text = Buffer.from(page.buffer).toString('latin1')
      expect(Buffer.from(other.page.buffer).toString('latin1')).not.toBe(text)
      expect(seen.has(text)).toBe(false)
      seen.add(text)
      content.fill(number, page, 0)
      expect(Buffer.from(page.buffer).toString('latin1')).toBe(text)
    }
  })
})
