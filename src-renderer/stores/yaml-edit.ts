/**
 * Changes one value of a suite file and leaves the rest as a person wrote it: comments, blank lines, quotes, alignment.
 *
 * A single value that takes the place of another is exchanged in the text itself. Anything else (a field that is new, a
 * row that moves) is changed in the parsed document, and only the top-level field that it belongs to is printed anew.
 */

import { type Document, isAlias, isCollection, isMap, isNode, isScalar, isSeq, Pair, parseDocument, Scalar, stringify, visit, YAMLMap, YAMLSeq } from 'yaml'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { fieldsIn } from '#shared/scenario/field-index.ts'

type FieldPath = ReadonlyArray<string | number>

/** The order in which a person writes the parts of a suite. */
const topFields = ['godwit', 'name', 'description', 'base', 'vary', 'constraint', 'repeat', 'seed', 'backends', 'hosts', 'figures']

/** Sets the value at a path; undefined takes the field out, and each section that is empty then. */
export function setInYaml(text: string, at: FieldPath, value: unknown): string {
  const document = readable(text)
  return exchangedInPlace(text, document, { at, value }) ?? changed(text, document, at, () => {
    if (value === undefined) removeField(document, at)
    else putField(document, at, value)
  })
}

/** Moves an entry of a list to another place, with its comments. */
export function moveInYaml(text: string, list: FieldPath, move: { readonly from: number; readonly to: number }): string {
  const document = readable(text)
  return changed(text, document, list, () => {
    const sequence = document.getIn(list, true)
    if (!isSeq(sequence)) return
    const [entry] = sequence.items.splice(move.from, 1)
    if (entry !== undefined) sequence.items.splice(move.to, 0, entry)
  })
}

function readable(text: string): Document {
  const document = parseDocument(text)
  if (document.errors.length === 0) return document
  throw new GodwitError('suite.broken', 'the file is broken YAML, so no field of it can be changed; mend it as text in the Suite view first')
}

/** The text with one single value exchanged for another; undefined if that is not what the change is. */
function exchangedInPlace(text: string, document: Document, { at, value }: { readonly at: FieldPath; readonly value: unknown }): string | undefined {
  const node = document.getIn(at, true)
  if (!isScalar(node) || node.range === undefined || node.range === null || !isPlainValue(value)) return undefined
  const [start, end] = node.range
  const source = text.slice(start, end)
  if (source === '' || /[\n|>]/.test(source)) return undefined
  if (Object.is(node.value, value)) return text
  const scalar = new Scalar(value)
  if (typeof value === 'string' && typeof node.value === 'string' && node.type !== undefined) scalar.type = node.type
  // Written in a list, so that what would end a value inside brackets is quoted.
  const list = new YAMLSeq()
  list.flow = true
  list.add(scalar)
  const printed = stringify(list, { lineWidth: 0, flowCollectionPadding: false }).trim().slice(1, -1)
  return printed.includes('\n') ? undefined : text.slice(0, start) + printed + text.slice(end)
}

function isPlainValue(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value !== '' && !value.includes('\n'))
}

function putField(document: Document, at: FieldPath, value: unknown): void {
  const key = at.at(-1)
  if (key === undefined || !isCollection(document.contents)) {
    document.contents = document.createNode(at.reduceRight<unknown>((inner, part) => ({ [part]: inner }), value))
    return
  }
  const holder = sectionAt(document, at.slice(0, -1), key)
  const node: unknown = styled(document, value)
  if (isSeq(holder)) {
    holder.items.splice(Number(key), 1, node)
  } else if (holder.has(key)) {
    holder.set(key, node)
  } else {
    const order = fieldOrder(at.slice(0, -1))
    const place = order.indexOf(String(key))
    const before = place < 0 ? -1 : holder.items.findIndex((pair) => order.indexOf(keyOf(pair)) > place)
    holder.items.splice(before < 0 ? holder.items.length : before, 0, new Pair(document.createNode(key), node))
  }
}

/** The section at a path, made where it is missing; an empty `[]` or `{}` is opened so that its entries get lines of their own. */
function sectionAt(document: Document, at: FieldPath, inner: string | number): YAMLMap | YAMLSeq {
  const found = at.length === 0 ? document.contents : document.getIn(at, true)
  if (isMap(found) || isSeq(found)) {
    if (found.items.length === 0) found.flow = false
    return found
  }
  if (isAlias(found)) throw new GodwitError('suite.alias', `${at.join('.')} repeats another part of the file (*${found.source}); write it out before changing it`)
  const made = typeof inner === 'number' ? new YAMLSeq() : new YAMLMap()
  putField(document, at, null)
  document.setIn(at, made)
  return made
}

function fieldOrder(section: FieldPath): readonly string[] {
  if (section.length === 0) return topFields
  if (section[0] !== 'base') return []
  return section.length === 1 ? ['preset', ...fieldsIn([])] : fieldsIn(section.slice(1))
}

function keyOf(pair: unknown): string {
  return pair instanceof Pair && isScalar(pair.key) ? String(pair.key.value) : ''
}

/** Removes a field, and then every section that it leaves empty. */
function removeField(document: Document, at: FieldPath): void {
  if (!document.hasIn(at)) return
  document.deleteIn(at)
  for (let depth = at.length - 1; depth > 0; depth--) {
    const section = document.getIn(at.slice(0, depth), true)
    if (!isCollection(section) || section.items.length > 0) return
    document.deleteIn(at.slice(0, depth))
  }
}

/** Values as a person writes them: what fits on a line stands on one line; a list of sections has a line for each. */
function styled(document: Document, value: unknown): unknown {
  const node: unknown = document.createNode(value)
  visit(isNode(node) ? node : null, {
    Collection: (_, collection) => {
      if (!holdsSections(collection) && JSON.stringify(collection).length < 130) collection.flow = true
      return collection.flow === true ? visit.SKIP : undefined
    },
  })
  return node
}

/** True for what is, or has in it, a list of sections. */
function holdsSections(node: unknown): boolean {
  if (isSeq(node)) return node.items.some((item) => isMap(item))
  return isMap(node) && node.items.some((pair) => holdsSections(pair.value))
}

/** Applies a change to the document, and takes from its print only the top-level field that was changed. */
function changed(text: string, document: Document, at: FieldPath, apply: () => void): string {
  apply()
  const ending = text.includes('\r\n') ? '\r\n' : '\n'
  const printed = print(document).replaceAll('\n', ending)
  const [before, after] = [topSections(text), topSections(printed)]
  if (before === undefined || after === undefined) return printed
  const field = String(at[0])
  return after
    .map(({ name, body }) => {
      const kept = name === field ? undefined : before.find((section) => section.name === name)
      return kept === undefined ? body : kept.body.replace(/(?<!\n)$/, ending)
    })
    .join('')
}

interface TopSection {
  readonly name: string
  readonly body: string
}

/** The top-level fields of a file in block style, each with the comments above it. */
function topSections(text: string): readonly TopSection[] | undefined {
  const { contents } = parseDocument(text)
  if (!isMap(contents) || contents.flow === true) return undefined
  const starts = contents.items.map((pair, index) => (index === 0 || !isScalar(pair.key) ? 0 : withCommentsAbove(text, pair.key.range?.[0] ?? 0)))
  return contents.items.map((pair, index) => ({ name: keyOf(pair), body: text.slice(starts[index], starts[index + 1]) }))
}

function withCommentsAbove(text: string, offset: number): number {
  let start = text.lastIndexOf('\n', offset - 1) + 1
  for (;;) {
    const above = text.lastIndexOf('\n', start - 2) + 1
    if (start === 0 || !/^(#.*)?\r?\n$/.test(text.slice(above, start))) return start
    start = above
  }
}

/** `{ field: x, values: [a, b] }`: sections are padded, lists are not. */
function print(document: Document): string {
  visit(document, {
    Collection: (_, collection) => {
      const padding = isMap(collection) ? ' ' : ''
      const toString = collection.toString.bind(collection) as (context: object, ...rest: unknown[]) => string
      collection.toString = (context?: object, ...rest: unknown[]) => toString({ ...context, flowCollectionPadding: padding }, ...rest)
    },
  })
  return document.toString({ lineWidth: 160 })
}
