/** What is wrong with a suite file, and where: for a terminal, an editor, or a program that reads `--json`. */

import type { BackendName } from './plan.ts'

export interface Position {
  /** Both count from 1. */
  readonly line: number
  readonly column: number
}

export interface Problem extends Position {
  readonly file: string
  /** The field as a path, such as `base.link.bandwidth` or `vary[0].values[1]`; empty for the file as a whole. */
  readonly field: string
  /** What was found there, as written; empty where nothing was. */
  readonly found: string
  /** What would be accepted, where that can be said briefly. */
  readonly allowed?: string
  /** The nearest right spelling, where one is near. */
  readonly suggestion?: string
  /** The backend that cannot do it, if others can. */
  readonly backend?: BackendName
  /** One sentence that says what is wrong, without field and suggestion. */
  readonly message: string
}

/** One line: file, line, column, field, what is wrong, and what was probably meant. */
export function formatProblem(problem: Problem): string {
  const where = `${problem.file}:${problem.line}:${problem.column}: `
  const field = problem.field === '' ? '' : `${problem.field}: `
  const hint = problem.suggestion === undefined ? '' : `; did you mean "${problem.suggestion}"?`
  return where + field + problem.message + hint
}

export type Path = ReadonlyArray<string | number>

/** A path as people read it: `vary[0].field`. */
export function showPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** A value as it was found, on one line and cut to a readable length. */
export function showFound(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
