import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'
import { suiteJsonSchema } from '#shared/scenario/json-schema.ts'
import { suitePresets } from '#shared/scenario/presets/index.ts'
import { suiteSchema } from '#shared/scenario/suite.ts'
import { designExample } from './suite-text.ts'

const schema = suiteJsonSchema()
/** The schema read back as another program would, without our own declarations. */
const readBack = z.fromJSONSchema(schema)
const example: unknown = parse(designExample)

function at(...path: readonly string[]): unknown {
  return path.reduce<unknown>((tree, part) => (tree as Readonly<Record<string, unknown>>)[part], schema)
}

function* nodes(tree: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof tree !== 'object' || tree === null) return
  if (!Array.isArray(tree)) yield tree as Readonly<Record<string, unknown>>
  for (const inner of Object.values(tree)) yield* nodes(inner)
}

describe('the JSON Schema of the suite file', () => {
  test('is of the draft of 2020-12 and asks for version and name only', () => {
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', required: ['godwit', 'name'], additionalProperties: false })
  })

  test('accepts the example of the design document, as the schema does that it is made from', () => {
    expect(suiteSchema.safeParse(example).error).toBeUndefined()
    expect(readBack.safeParse(example).error).toBeUndefined()
  })

  test.each(Object.entries(suitePresets))('accepts the suite preset %s', (_name, { yaml }) => {
    expect(readBack.safeParse(parse(yaml)).error).toBeUndefined()
  })

  test.each([
    ['an unknown field', { godwit: 1, name: 'x', repeats: 3 }],
    ['an unknown field of a section', { godwit: 1, name: 'x', base: { link: { bandwidht: '1 Gbit/s' } } }],
    ['an unknown option', { godwit: 1, name: 'x', base: { strategy: { kind: 'teleport' } } }],
    ['another version', { godwit: 2, name: 'x' }],
    ['no name', { godwit: 1 }],
    ['an empty list of values', { godwit: 1, name: 'x', vary: [{ field: 'guest.vcpus', values: [] }] }],
    ['a factor with both values and a range', { godwit: 1, name: 'x', vary: [{ field: 'guest.vcpus', values: [1], range: { from: 1, to: 2, steps: 2 } }] }],
  ])('refuses %s', (_what, document) => {
    expect(suiteSchema.safeParse(document).success).toBe(false)
    expect(readBack.safeParse(document).success).toBe(false)
  })

  test('tells what each field means, its unit, and where its default comes from', () => {
    expect(at('properties', 'base', 'properties', 'strategy', 'properties', 'rateIncrement')).toMatchObject({
      description: 'Added to the dirtying rate to give the next rate; written such as 1 Gbit/s; read by precopy, hybrid, self; default 50 Mbit/s [verified] (Xen xc_linux_save.c 2005)',
      default: '50 Mbit/s',
    })
  })

  test('uses no words but those of JSON Schema', () => {
    const words = new Set([...nodes(schema)].filter((node) => 'type' in node || 'anyOf' in node).flatMap((node) => ('description' in node && typeof node['description'] !== 'string' ? [] : Object.keys(node))))
    for (const word of ['meaning', 'tag', 'origin', 'control', 'defaultText', 'appliesTo', 'canBeOff', 'whole']) expect(words).not.toContain(word)
  })
})
