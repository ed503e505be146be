/** Finds the declaration of a scenario's field by its path: its meaning, its unit, what it allows. */

import * as z from 'zod'
import { type FieldMeta, metaOf } from './fields.ts'
import { scenarioSchema } from './scenario.ts'
import { nearestSpelling } from './spelling.ts'

export interface Field {
  readonly schema: z.ZodType
  readonly meta: FieldMeta
}

export type FieldLookup =
  | { readonly ok: true; readonly field: Field }
  | { readonly ok: false; readonly message: string; readonly suggestion?: string; readonly allowed?: string }

/** Splits a dotted path; whole numbers are places in a list. */
export function parseFieldPath(text: string): Array<string | number> {
  return text.split('.').map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : part))
}

/** The declaration at a path such as ['workload', 'processes', 0, 'writes'], section or single field. */
export function declarationAt(path: ReadonlyArray<string | number>): z.ZodType | undefined {
  let schema: z.ZodType = scenarioSchema
  for (const part of path) {
    const inner = unwrapped(schema)
    let next: z.core.$ZodType | undefined
    if (inner instanceof z.ZodObject && typeof part === 'string') next = Object.hasOwn(inner.shape, part) ? shapeOf(inner)[part] : undefined
    else if (inner instanceof z.ZodArray && typeof part === 'number') next = inner.element
    if (next === undefined) return undefined
    schema = next as z.ZodType
  }
  return schema
}

/** The field at a dotted path, or why there is none. Sections and lists are no fields: they have no single value. */
export function lookUpField(text: string): FieldLookup {
  const path = parseFieldPath(text)
  const schema = declarationAt(path)
  const meta = schema === undefined ? undefined : metaOf(schema)
  if (schema === undefined || meta === undefined) return unknownField(text, path)
  if (meta.control === 'section' || meta.control === 'list') {
    const inside = fieldPaths().filter((name) => name.startsWith(`${text}.`))
    return { ok: false, message: `"${text}" is a ${meta.control}, which has no single value; name a field in it`, allowed: inside.join(', ') }
  }
  return { ok: true, field: { schema, meta } }
}

/** Names of the fields in the section or list entry at a path; empty if there is none. */
export function fieldsIn(path: ReadonlyArray<string | number>): readonly string[] {
  const schema = declarationAt(path)
  const inner = schema === undefined ? undefined : unwrapped(schema)
  return inner instanceof z.ZodObject ? Object.keys(shapeOf(inner)) : []
}

/** Dotted paths of all single fields; entries of lists stand as place 0. */
export function fieldPaths(): readonly string[] {
  return collect(scenarioSchema, '')
}

/** All named options of all choices, such as `precopy` and `hot-cold`. */
export function optionNames(): ReadonlySet<string> {
  const names = new Set<string>()
  for (const path of fieldPaths()) {
    const found = lookUpField(path)
    if (!found.ok) continue
    for (const name of Object.keys(found.field.meta.options ?? {})) names.add(name)
  }
  return names
}

/** A path whose last part is the word, for a field that was written in the wrong section. */
export function fieldElsewhere(word: string): string | undefined {
  const found = fieldPaths().filter((path) => path.split('.').at(-1) === word && !/\.\d+\./.test(path))
  return found.length === 1 ? found[0] : undefined
}

function unknownField(text: string, path: ReadonlyArray<string | number>): FieldLookup {
  const paths = fieldPaths()
  // A list may have any entry: compare as if the path spoke of the first.
  const plain = path.map((part) => (typeof part === 'number' ? 0 : part)).join('.')
  const near = nearestSpelling(plain, paths) ?? (path.length === 1 ? fieldElsewhere(text) : undefined)
  const allowed = fieldsIn(path.slice(0, -1)).join(', ')
  return {
    ok: false,
    message: `"${text}" is not a field of a scenario`,
    ...(near === undefined ? {} : { suggestion: near }),
    ...(allowed === '' ? {} : { allowed }),
  }
}

function collect(schema: z.ZodType, prefix: string): string[] {
  const inner = unwrapped(schema)
  if (inner instanceof z.ZodObject) {
    return Object.entries(shapeOf(inner)).flatMap(([name, child]) => collect(child as z.ZodType, prefix === '' ? name : `${prefix}.${name}`))
  }
  if (inner instanceof z.ZodArray) return collect(inner.element as z.ZodType, `${prefix}.0`)
  return [prefix]
}

function shapeOf(object: z.ZodObject): Readonly<Record<string, z.core.$ZodType | undefined>> {
  return object.shape
}

/** The schema beneath defaults. */
function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodPrefault ? unwrapped(schema.unwrap() as z.ZodType) : schema
}
