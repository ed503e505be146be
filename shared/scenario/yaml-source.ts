/** A YAML (or JSON) text as plain data, with the place of every part of it. */

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from 'yaml'
import type { Position } from './problem.ts'
import { isTree, type Tree } from './resolve.ts'
import type { SuiteSource } from './suite.ts'

export interface SourceFault extends Position {
  readonly message: string
  readonly found: string
}

export type YamlSource =
  | { readonly ok: true; readonly tree: Tree; readonly positions: SuiteSource['positions'] }
  | { readonly ok: false; readonly faults: readonly SourceFault[] }

type Positions = Record<string, { key: Position; value: Position }>

/** Reads a text whose top is a mapping. Aliases may repeat parts, but only so often: a few lines must not become gigabytes. */
export function parseYamlSource(text: string): YamlSource {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, logLevel: 'error' })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const errors = [...document.errors, ...document.warnings]
  if (errors.length > 0) return { ok: false, faults: distinctFaults(errors.map((error) => toFault(error, text, at))) }

  const start = { line: 1, column: 1 }
  let tree: unknown
  try {
    tree = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    return { ok: false, faults: [{ ...start, message: conversionFault(error), found: '' }] }
  }
  if (!isTree(tree)) {
    return { ok: false, faults: [{ ...start, message: `a suite is a set of fields such as godwit, name and base; ${shapeOf(tree)}`, found: '' }] }
  }
  // Without a prototype, so that no key of the file can be taken for something that every object has.
  const positions: Positions = Object.create(null) as Positions
  const refused: SourceFault[] = []
  if (document.contents !== null) record(document.contents, '', { positions, at, refused })
  return refused.length > 0 ? { ok: false, faults: refused } : { ok: true, tree, positions }
}

interface Recording {
  readonly positions: Positions
  readonly at: (offset: number) => Position
  readonly refused: SourceFault[]
}

/** Notes the place of each key and value below a node. An alias counts as one place: where it is written. */
function record(node: Node, prefix: string, recording: Recording): void {
  const { positions, at, refused } = recording
  if (isMap(node)) {
    for (const pair of node.items) {
      if (!isScalar(pair.key)) {
        refused.push({ ...placeOf(pair.key as Node, at, { line: 1, column: 1 }), message: 'the name of a field must be plain text', found: '' })
        continue
      }
      const name = String(pair.key.value)
      const key = at(pair.key.range?.[0] ?? 0)
      if (name === '__proto__') refused.push({ ...key, message: 'unknown field "__proto__"', found: name })
      const value = pair.value as Node | null
      const path = prefix === '' ? name : `${prefix}/${name}`
      positions[path] = { key, value: value === null ? key : placeOf(value, at, key) }
      if (value !== null) record(value, path, recording)
    }
  } else if (isSeq(node)) {
    node.items.forEach((item, index) => {
      const path = `${prefix}/${index}`
      const inner = item as Node
      const value = placeOf(inner, at, { line: 1, column: 1 })
      positions[path] = { key: value, value }
      record(inner, path, recording)
    })
  }
}

function placeOf(node: Node, at: Recording['at'], otherwise: Position): Position {
  const empty = isScalar(node) && node.value === null && node.source === ''
  return empty || node.range === null || node.range === undefined || (isAlias(node) && node.source === '') ? otherwise : at(node.range[0])
}

/** The first slip of a broken file often brings others in its train; enough of them are told to find it. */
const mostFaults = 20
const tooDeep = 'broken YAML: lists or sections are nested too deeply'

function distinctFaults(faults: readonly SourceFault[]): readonly SourceFault[] {
  const deep = faults.find((fault) => fault.message === tooDeep)
  if (deep !== undefined) return [deep]
  const seen = new Set<string>()
  const distinct = faults.filter(({ line, column }) => !seen.has(`${line}:${column}`) && seen.add(`${line}:${column}`))
  return distinct.slice(0, mostFaults)
}

function toFault(error: YAMLError, text: string, at: (offset: number) => Position): SourceFault {
  const offset = error.pos[0]
  const position = at(offset)
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[^\s:,{}[\]]*/.exec(text.slice(offset, offset + 80))?.[0] ?? ''
    return { ...position, message: `the field "${key}" is written twice; keep one of the two`, found: key }
  }
  if (error.code === 'MULTIPLE_DOCS') {
    return { ...position, message: 'the file holds more than one document; write each suite into a file of its own', found: '---' }
  }
  if (/call stack|stack overflow/i.test(error.message)) return { ...position, message: tooDeep, found: '' }
  const found = text.slice(offset, offset + 80).split('\n', 1)[0] ?? ''
  return { ...position, message: `broken YAML: ${error.message.trim().replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`, found }
}

function conversionFault(error: unknown): string {
  if (error instanceof ReferenceError && error.message.includes('Excessive alias count')) {
    return 'the aliases (*name) of the file would blow it up beyond measure; write the parts out'
  }
  if (error instanceof ReferenceError) return `broken YAML: ${error.message}`
  if (error instanceof RangeError) return tooDeep
  throw error
}

function shapeOf(value: unknown): string {
  if (value === null || value === undefined) return 'the file is empty'
  return Array.isArray(value) ? 'the file holds a list' : 'the file holds a single value'
}
