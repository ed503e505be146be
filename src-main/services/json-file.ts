/**
 * A small file of the program's own, such as its settings. One that is damaged is set aside under another name and said;
 * the program goes on with what it has without the file.
 */

import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ZodError, ZodType } from 'zod'
import { GodwitError } from '#shared/model/godwit-error.ts'
import { fileErrorCode, writeWholeFile } from './whole-file.ts'

export interface JsonFile<Value> {
  readonly read: () => Promise<Value>
  /** Reads, changes and writes with no other change between. */
  readonly change: (changed: (value: Value) => Value) => Promise<Value>
  readonly remove: () => Promise<void>
}

export interface JsonFileOptions<Value> {
  readonly path: string
  readonly schema: ZodType<Value>
  /** What holds where there is no file. */
  readonly absent: Value
  /** What a damaged file comes to, as in "the default settings hold". */
  readonly without: string
  readonly onNotice: (sentence: string) => void
}

export function jsonFile<Value>({ path, schema, absent, without, onNotice }: JsonFileOptions<Value>): JsonFile<Value> {
  let last: Promise<unknown> = Promise.resolve()
  /** One after the other: a change never loses another. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = last.then(work, work)
    last = result.catch(() => undefined)
    return result
  }
  const read = async (): Promise<Value> => {
    const text = await textOf(path)
    if (text === undefined) return absent
    const parsed = schema.safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
    await rename(path, aside)
    onNotice(`"${path}" is damaged (${problemOf(parsed.error)}), so ${without}. It is kept as "${aside}": correct it there and give it back its name while Godwit is closed, or delete it.`)
    return absent
  }
  const write = async (value: Value): Promise<void> => {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await writeWholeFile(path, `${JSON.stringify(value, null, 2)}\n`)
    } catch (error) {
      throw new GodwitError('config.write', `"${path}" cannot be written (${fileErrorCode(error)}); check the folder and the free space of its disk`, { cause: error })
    }
  }
  return {
    read: () => inTurn(read),
    change: (changed) =>
      inTurn(async () => {
        const value = changed(await read())
        await write(value)
        return value
      }),
    remove: () => inTurn(() => rm(path, { force: true })),
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined
    throw new GodwitError('config.read', `"${path}" cannot be read (${fileErrorCode(error)}); check its permissions`, { cause: error })
  }
}

/** The first thing that is wrong; a file that is no JSON at all is undefined to its schema. */
function problemOf({ issues: [issue] }: ZodError): string {
  if (issue === undefined || (issue.path.length === 0 && issue.code === 'invalid_type')) return 'it is not the JSON that is expected'
  return [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': ')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
