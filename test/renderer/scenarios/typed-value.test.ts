import { describe, expect, it } from 'vitest'
import { describeField, type FieldDescription } from '#shared/scenario/editor-model.ts'
import { parseFieldPath } from '#shared/scenario/field-index.ts'
import { normalised, readTyped, shownValue, stepped } from '../../../src-renderer/components/fields/typed-value.ts'

const field = (path: string): FieldDescription => {
  const found = describeField(parseFieldPath(path))
  if (found === undefined) throw new Error(`there is no field ${path}`)
  return found
}
const typed = (path: string, text: string, unit = ''): unknown => {
  const read = readTyped(field(path), text, unit)
  return read.ok ? read.value : read.message
}

describe('what a person types into a field', () => {
  it('is a bare number in the unit that stands beside it', () => {
    expect(typed('link.bandwidth', '10', 'Gbit/s')).toBe('10 Gbit/s')
    expect(typed('workload.hotShare', '85', '%')).toBe('85 %')
  })

  it('keeps its own unit, however it is spelt', () => {
    expect(typed('link.bandwidth', '1 Gbit/s', 'Mbit/s')).toBe('1 Gbit/s')
    expect(typed('guest.memory', '1g', 'MiB')).toBe('1 GB')
    expect(typed('link.latency', '300ms', 'us')).toBe('300 ms')
  })

  it('is off by the word or by nothing where the field can be off, and asks for a value where it cannot', () => {
    expect(typed('strategy.minRate', 'off', 'Mbit/s')).toBe('off')
    expect(typed('strategy.minRate', '', 'Mbit/s')).toBe('off')
    expect(typed('guest.memory', '', 'MiB')).toContain('a value is expected')
  })

  it('is refused in words when it is no quantity, of another dimension or out of range', () => {
    expect(typed('guest.memory', 'plenty', 'MiB')).toContain('is not a quantity')
    expect(typed('guest.memory', '3 Gbit/s', 'MiB')).toContain('is not a unit of bytes')
    expect(typed('guest.memory', '1', 'B')).toContain('below the smallest allowed value')
    expect(typed('guest.vcpus', '1.5')).toContain('not a whole number')
    expect(typed('guest.vcpus', '0x10')).toContain('not a plain number')
  })

  it('gives a plain number for a count', () => {
    expect(typed('guest.vcpus', '16')).toBe(16)
    expect(typed('workload.exponent', '1.2')).toBe(1.2)
  })
})

describe('what a field shows', () => {
  it('splits a quantity into number and unit as it is written', () => {
    expect(shownValue(field('guest.memory'), '1024 MiB')).toEqual({ text: '1024', unit: 'MiB', isOff: false })
  })

  it('shows the default where nothing is written, and a fraction in percent', () => {
    expect(shownValue(field('guest.memory'), undefined)).toEqual({ text: '800', unit: 'MiB', isOff: false })
    expect(shownValue(field('workload.hotShare'), 0.25)).toEqual({ text: '25', unit: '%', isOff: false })
  })

  it('is empty while the field is off', () => {
    expect(shownValue(field('strategy.minRate'), undefined)).toEqual({ text: '', unit: 'Mbit/s', isOff: true })
    expect(shownValue(field('strategy.stop.iterations'), null)).toEqual({ text: '', unit: '', isOff: true })
  })

  it('shows what cannot be read as it stands in the file', () => {
    expect(shownValue(field('guest.memory'), 'plenty').text).toBe('plenty')
  })

  it('says a quantity in its natural unit', () => {
    expect(normalised(field('guest.memory'), '1024 MiB')).toBe('1 GiB')
  })
})

describe('an arrow key', () => {
  it('goes one step in the leading digit, up and back alike', () => {
    expect([stepped('8000', 1), stepped('9000', 1), stepped('10000', 1)]).toEqual(['9000', '10000', '20000'])
    expect([stepped('20000', -1), stepped('10000', -1), stepped('1', -1)]).toEqual(['10000', '9000', '0.9'])
    expect([stepped('', 1), stepped('0', -1), stepped('plenty', 1)]).toEqual(['1', null, null])
  })
})
