import { describe, expect, test } from 'vitest'
import { resolveScenario } from '#shared/scenario/resolve.ts'

function messages(input: Record<string, unknown>): readonly string[] {
  const resolved = resolveScenario(input)
  return resolved.ok ? [] : resolved.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('contradictions of post-copy', () => {
  test.each(['pseudo-paging', 'page-tracking'])('%s needs a guest that takes part', (trap) => {
    expect(messages({ guest: { virtualisation: 'full' }, strategy: { kind: 'postcopy' }, tracking: { trap } })).toEqual([expect.stringContaining(`tracking.trap: "${trap}" needs a guest that takes part`)])
    expect(messages({ strategy: { kind: 'postcopy' }, tracking: { trap } })).toEqual([])
  })

  test('a prefetch without faults is refused, and allowed where pre-copy may end in post-copy', () => {
    expect(messages({ strategy: { kind: 'precopy', prefetch: 'ppm' } })).toEqual([expect.stringContaining('strategy.prefetch: "ppm" answers page faults')])
    expect(messages({ strategy: { kind: 'stop-and-copy', prefetch: 'stride' } })).toHaveLength(1)
    expect(messages({ strategy: { kind: 'precopy', prefetch: 'ppm', stop: { timeout: '1 s', timeoutAction: 'postcopy' } } })).toEqual([])
    for (const kind of ['postcopy', 'hybrid', 'three-stage', 'on-demand']) expect(messages({ strategy: { kind, prefetch: 'ppm' } })).toEqual([])
  })
})
