/** Edits of a suite file, against the text that a person would have written. */

import { describe, expect, it } from 'vitest'
import { moveInYaml, setInYaml } from '../../../src-renderer/stores/yaml-edit.ts'

const plain = `godwit: 1
name: New suite
base:
  preset: lab/hot-cold-1g
vary: []
repeat: 5
seed: 1
`

const handWritten = `# Measurements for the paper
godwit: 1
name:   "Mine"   # working title

# The guest of section 4
base:
    guest: {memory: 1 GiB}    # small
    link:
        bandwidth:  1 Gbit/s  # as in the lab
vary:
- {field: link.latency, values: [1 ms, 2 ms]} # near and far
# how often
repeat: 3
`

type Edit = readonly [path: ReadonlyArray<string | number>, value: unknown]
const edited = (text: string, edits: readonly Edit[]): string => edits.reduce((before, [path, value]) => setInYaml(before, path, value), text)

describe('a suite that is designed in the form', () => {
  it('reads as if a person had written it', () => {
    const text = edited(plain, [
      [['vary', 0], { field: 'link.bandwidth', values: ['100 Mbit/s', '1 Gbit/s'] }],
      [['vary', 1], { field: 'workload.writes', range: { from: '1000 pages/s', to: '64000 pages/s', steps: 7, scale: 'log' } }],
      [['vary', 2], { zip: [{ field: 'workload.kind', values: ['uniform', 'hot-cold'] }, { field: 'guest.memory', values: ['1 GiB', '2 GiB'] }] }],
      [['constraint'], 'link.bandwidth > "100 Mbit/s"'],
      [['description'], 'What does a thin link cost?'],
      [['figures', 0], { kind: 'lines', name: 'total', metric: 'totalMs', x: 'workload.writes' }],
    ])
    expect(text).toBe(`godwit: 1
name: New suite
description: What does a thin link cost?
base:
  preset: lab/hot-cold-1g
vary:
  - { field: link.bandwidth, values: [100 Mbit/s, 1 Gbit/s] }
  - { field: workload.writes, range: { from: 1000 pages/s, to: 64000 pages/s, steps: 7, scale: log } }
  - zip:
      - { field: workload.kind, values: [uniform, hot-cold] }
      - { field: guest.memory, values: [1 GiB, 2 GiB] }
constraint: link.bandwidth > "100 Mbit/s"
repeat: 5
seed: 1
figures:
  - { kind: lines, name: total, metric: totalMs, x: workload.writes }
`)
  })

  it('puts sections and fields in the order of the format, whenever they were set', () => {
    const text = edited(plain, [
      [['base', 'strategy', 'policy'], 'qemu'],
      [['base', 'link', 'latency'], '1 ms'],
      [['base', 'link', 'bandwidth'], '1 Gbit/s'],
      [['base', 'guest', 'memory'], '2 GiB'],
    ])
    expect(text).toContain(`base:
  preset: lab/hot-cold-1g
  guest:
    memory: 2 GiB
  link:
    bandwidth: 1 Gbit/s
    latency: 1 ms
  strategy:
    policy: qemu
`)
  })

  it('loses a section with its last field', () => {
    const text = edited(plain, [[['base', 'strategy', 'stop', 'iterations'], 5], [['base', 'strategy', 'stop', 'iterations'], undefined]])
    expect(text).toBe(plain)
  })

  it('loses its list of factors with the last one, and gets it back in its place', () => {
    const without = edited(plain, [[['vary', 0], { field: 'guest.memory', values: ['1 GiB'] }], [['vary', 0], undefined]])
    expect(without).toBe('godwit: 1\nname: New suite\nbase:\n  preset: lab/hot-cold-1g\nrepeat: 5\nseed: 1\n')
    expect(setInYaml(without, ['vary'], [{ field: 'guest.memory', values: ['1 GiB'] }])).toContain('hot-cold-1g\nvary:\n  - { field: guest.memory, values: [1 GiB] }\nrepeat')
  })

  it('begins sections that a file has left empty', () => {
    expect(setInYaml('name: a\nbase:\n', ['base', 'guest', 'memory'], '1 GiB')).toBe('name: a\nbase:\n  guest:\n    memory: 1 GiB\n')
  })
})

describe('a hand-written file', () => {
  it.each([
    [['base', 'link', 'bandwidth'], '10 Gbit/s', 'bandwidth:  1 Gbit/s', 'bandwidth:  10 Gbit/s'],
    [['base', 'guest', 'memory'], '2 GiB', '{memory: 1 GiB}', '{memory: 2 GiB}'],
    [['name'], 'Ours', '"Mine"', '"Ours"'],
    [['vary', 0, 'values', 1], '3 ms', '[1 ms, 2 ms]', '[1 ms, 3 ms]'],
    [['repeat'], 10, 'repeat: 3', 'repeat: 10'],
  ])('changes in nothing but the value at %j', (path, value, before, after) => {
    expect(setInYaml(handWritten, path, value)).toBe(handWritten.replace(before, after))
  })

  it('keeps the layout of every part but the one that gets a new field, and all comments', () => {
    const text = setInYaml(handWritten, ['vary', 1], { field: 'guest.memory', values: ['1 GiB', '2 GiB'] })
    const [head] = handWritten.split('vary:')
    expect(text).toBe(`${head}vary:
  - { field: link.latency, values: [1 ms, 2 ms] } # near and far
  - { field: guest.memory, values: [1 GiB, 2 GiB] }
# how often
repeat: 3
`)
  })

  it('moves a factor together with its comment', () => {
    const two = setInYaml(handWritten, ['vary', 1], { field: 'guest.memory', values: ['1 GiB'] })
    expect(moveInYaml(two, ['vary'], { from: 0, to: 1 })).toContain(`vary:
  - { field: guest.memory, values: [1 GiB] }
  - { field: link.latency, values: [1 ms, 2 ms] } # near and far
# how often`)
  })

  it('keeps the line ends of another system', () => {
    const text = setInYaml(handWritten.replaceAll('\n', '\r\n'), ['seed'], 7)
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(text).toMatch(/seed: 7\r\n$/)
  })

  it('quotes a value that would end the list it stands in', () => {
    expect(setInYaml(handWritten, ['vary', 0, 'values', 0], 'a, b]')).toContain('values: ["a, b]", 2 ms]')
  })

  it('is refused in words while it is broken YAML', () => {
    expect(() => setInYaml('name: [', ['name'], 'x')).toThrow(/broken YAML.*mend it as text/)
  })
})
