/**
 * What an editor needs to know to show a scenario: its sections, lists and fields with their labels, units, options and
 * ranges, made from the schema and its metadata alone. A field added to the schema appears in every editor by itself.
 */

import type * as z from 'zod'
import { type Dimension, formatQuantity, unitsOf } from '../units/quantity.ts'
import { declarationAt, fieldsIn } from './field-index.ts'
import { type FieldMeta, metaOf, type SourceTag } from './fields.ts'
import type { Path } from './problem.ts'

export interface FieldOption {
  readonly value: string
  readonly meaning: string
}

/** Which other field decides whether a field is read, and at which of its values it is. */
export interface Applicability {
  readonly ruler: Path
  readonly kinds: readonly string[]
}

export interface FieldDescription {
  /** Within the scenario, such as ['link', 'bandwidth'] or ['faults', 0, 'at']. */
  readonly path: Path
  readonly name: string
  readonly label: string
  readonly control: 'quantity' | 'count' | 'choice' | 'switch' | 'text'
  readonly dimension: Dimension | 'count' | null
  /** Units to choose from, largest first; empty for what has no unit. */
  readonly units: readonly string[]
  readonly meaning: string
  readonly tag: SourceTag
  readonly origin: string | null
  readonly options: readonly FieldOption[]
  readonly defaultText: string
  readonly min: number | null
  readonly max: number | null
  readonly whole: boolean
  readonly canBeOff: boolean
  /** Null if the field is always read. */
  readonly appliesTo: Applicability | null
  readonly schema: z.ZodType
}

export interface ListDescription {
  readonly path: Path
  readonly label: string
  readonly meaning: string
  /** What one entry is called. */
  readonly itemLabel: string
  readonly item: (index: number) => SectionDescription
}

export interface SectionDescription {
  readonly path: Path
  readonly label: string
  readonly meaning: string
  readonly fields: readonly FieldDescription[]
  readonly sections: readonly SectionDescription[]
  readonly lists: readonly ListDescription[]
}

/** The sections of a scenario in the order of the schema. A list at the top, such as faults, is a section that holds it. */
export function editorSections(): readonly SectionDescription[] {
  return fieldsIn([]).flatMap((name) => {
    const meta = metaAt([name])
    if (meta?.control === 'section') return [describeSection([name])]
    if (meta?.control !== 'list') return []
    return [{ path: [name], label: labelOf(name), meaning: meta.meaning, fields: [], sections: [], lists: [describeList([name], meta)] }]
  })
}

/** One section or one entry of a list. */
export function describeSection(path: Path): SectionDescription {
  const inside = fieldsIn(path).flatMap((name) => {
    const inner = [...path, name]
    const meta = metaAt(inner)
    return meta === undefined ? [] : [{ path: inner, meta }]
  })
  return {
    path,
    label: labelOf(lastName(path)),
    meaning: metaAt(path)?.meaning ?? '',
    fields: inside.flatMap((entry) => describeField(entry.path) ?? []),
    sections: inside.filter(({ meta }) => meta.control === 'section').map((entry) => describeSection(entry.path)),
    lists: inside.filter(({ meta }) => meta.control === 'list').map((entry) => describeList(entry.path, entry.meta)),
  }
}

/** A single field, or undefined where there is none. */
export function describeField(path: Path): FieldDescription | undefined {
  const schema = declarationAt(path)
  const meta = schema === undefined ? undefined : metaOf(schema)
  if (schema === undefined || meta === undefined || meta.control === 'section' || meta.control === 'list') return undefined
  const { dimension, control } = meta
  return {
    path,
    name: lastName(path),
    label: labelOf(lastName(path)),
    control,
    dimension: dimension ?? null,
    units: dimension === undefined || dimension === 'count' ? [] : unitsOf(dimension),
    meaning: meta.meaning,
    tag: meta.tag,
    origin: meta.origin ?? null,
    options: optionsOf(meta),
    defaultText: meta.defaultText ?? '',
    min: meta.min ?? null,
    max: meta.max ?? null,
    whole: meta.whole ?? false,
    canBeOff: meta.canBeOff ?? false,
    appliesTo: meta.appliesTo === undefined ? null : { ruler: rulerOf(path, meta.appliesTo), kinds: meta.appliesTo },
    schema,
  }
}

/** A field's name as people read it: `writeFault` is "Write fault". */
export function labelOf(name: string): string {
  const known = knownLabels[name]
  if (known !== undefined) return known
  const words = name
    .replace(/([KMGT]iB)/g, ' $1 ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word) => (/^[KMGT]iB$/.test(word) ? [word] : word.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(' ')))
  const text = words.join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What a field allows, in words: "4 KiB to 64 TiB, or off". Empty if anything goes. */
export function rangeText({ min, max, dimension, canBeOff }: FieldDescription): string {
  if (dimension === null) return ''
  const show = (bound: number): string => (dimension === 'count' ? String(bound) : formatQuantity(bound, dimension))
  const range = min !== null && max !== null ? `${show(min)} to ${show(max)}` : min !== null ? `at least ${show(min)}` : max !== null ? `at most ${show(max)}` : ''
  return [range, canBeOff ? 'off' : ''].filter((part) => part !== '').join(', or ')
}

/** What is wrong with a value as it would stand in a file, in words; null if nothing is. */
export function fieldProblem({ schema }: FieldDescription, value: unknown): string | null {
  const parsed = schema.safeParse(value)
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'this value is not allowed')
}

/** True if two values as written stand for the same; undefined stands for the default. */
export function sameValue({ schema }: FieldDescription, one: unknown, other: unknown): boolean {
  const first = schema.safeParse(one)
  const second = schema.safeParse(other)
  return first.success && second.success && first.data === second.data
}

/** Why a field is not read at present, as a sentence; null if it is read. `kindAt` tells the value of the field that decides. */
export function whyIdle({ appliesTo }: FieldDescription, kindAt: (path: Path) => string): string | null {
  if (appliesTo === null) return null
  const kind = kindAt(appliesTo.ruler)
  if (appliesTo.kinds.includes(kind)) return null
  const names = appliesTo.ruler.filter((part) => typeof part === 'string')
  return `Read only if ${names.slice(-2).join(' ')} is ${alternatives(appliesTo.kinds)}; here it is ${kind}.`
}

/** Names that need more than splitting into words. */
const knownLabels: Readonly<Record<string, string>> = { vcpus: 'vCPUs', wws: 'Writable working set' }

function describeList(path: Path, meta: FieldMeta): ListDescription {
  const label = labelOf(lastName(path))
  return { path, label, meaning: meta.meaning, itemLabel: singular(label), item: (index) => ({ ...describeSection([...path, index]), label: `${singular(label)} ${index + 1}` }) }
}

function optionsOf({ options = {} }: FieldMeta): readonly FieldOption[] {
  return Object.entries(options).map(([value, meaning]) => ({ value, meaning }))
}

/** The nearest choice that has all the kinds among its options: first beside the field, then further out, then in any section. */
function rulerOf(path: Path, kinds: readonly string[]): Path {
  for (let depth = path.length - 1; depth > 0; depth--) {
    const found = choiceWith(path.slice(0, depth), kinds)
    if (found !== undefined) return found
  }
  for (const name of fieldsIn([])) {
    const found = choiceWith([name], kinds)
    if (found !== undefined) return found
  }
  return ['strategy', 'kind']
}

function choiceWith(section: Path, kinds: readonly string[]): Path | undefined {
  const name = fieldsIn(section).find((field) => {
    const meta = metaAt([...section, field])
    return meta?.control === 'choice' && kinds.every((kind) => Object.hasOwn(meta.options ?? {}, kind))
  })
  return name === undefined ? undefined : [...section, name]
}

function metaAt(path: Path): FieldMeta | undefined {
  const schema = declarationAt(path)
  return schema === undefined ? undefined : metaOf(schema)
}

function lastName(path: Path): string {
  return String(path.findLast((part) => typeof part === 'string') ?? '')
}

function singular(label: string): string {
  return label.endsWith('sses') ? label.slice(0, -2) : label.replace(/s$/, '')
}

function alternatives(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`
}
