/** The JSON Schema of the suite file, for editors and other programs; made from the schema that checks files. */

import * as z from 'zod'
import { exampleOf } from '../units/quantity.ts'
import type { FieldMeta } from './fields.ts'
import { suiteSchema } from './suite.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** Draft 2020-12. Every field carries its meaning, how it is written, and where its default comes from. */
export function suiteJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(suiteSchema, {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      const meta = jsonSchema as Partial<FieldMeta>
      const description = describe(meta)
      for (const key of ownKeys) Reflect.deleteProperty(jsonSchema, key)
      if (description !== '') jsonSchema.description = description
    },
  })
  return { title: 'Godwit suite', ...schema }
}

/** Keys of our metadata; they are told in the description and are no words of JSON Schema. */
const ownKeys = ['meaning', 'tag', 'origin', 'appliesTo', 'dimension', 'whole', 'control', 'options', 'defaultText', 'min', 'max', 'canBeOff'] satisfies ReadonlyArray<keyof FieldMeta>

function describe(meta: Partial<FieldMeta>): string {
  if (meta.meaning === undefined) return ''
  const parts = [meta.meaning]
  if (meta.dimension !== undefined && meta.dimension !== 'count') parts.push(`written such as ${exampleOf(meta.dimension)}${meta.canBeOff === true ? ', or off' : ''}`)
  for (const [option, meaning] of Object.entries(meta.options ?? {})) parts.push(`${option}: ${meaning}`)
  if (meta.appliesTo !== undefined) parts.push(`read by ${meta.appliesTo.join(', ')}`)
  if (meta.tag !== undefined && meta.control !== 'section' && meta.control !== 'list') {
    parts.push(`default ${meta.defaultText === '' ? 'empty' : (meta.defaultText ?? 'none')} [${meta.tag}]${meta.origin === undefined ? '' : ` (${meta.origin})`}`)
  }
  return parts.join('; ')
}

