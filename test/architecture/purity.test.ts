/** The lint rules that keep `shared/` free of clocks, chance and surroundings, tried on small examples. */

import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'

const eslint = new ESLint({ overrideConfigFile: 'build/eslint.config.ts' })

/** Rules that object to the code when it stands in the given file. */
async function objections(code: string, filePath: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(code, { filePath })
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message)
}

const impure: ReadonlyArray<readonly [string, string]> = [
  ['export const now = Date.now()', 'no-restricted-globals'],
  ['export const now = new Date()', 'no-restricted-globals'],
  ['export const now = performance.now()', 'no-restricted-globals'],
  ['export const chance = Math.random()', 'no-restricted-properties'],
  ['const { random } = Math\nexport const chance = random()', 'no-restricted-properties'],
  ['export const now = globalThis.Date.now()', 'no-restricted-syntax'],
  ['export const home = process.env', 'no-restricted-globals'],
  ['setTimeout(() => undefined, 1)', 'no-restricted-globals'],
  ["import { readFileSync } from 'node:fs'\nexport const read = readFileSync", 'no-restricted-imports'],
]

describe('lint', () => {
  it.each(impure)('refuses in shared/: %s', async (code, rule) => {
    expect(await objections(code, 'shared/units/quantity.ts')).toContain(rule)
  })

  it('lets the Node side read a clock', async () => {
    expect(await objections('export const now: number = Date.now()\n', 'src-main/cli/io.ts')).toEqual([])
  })

  it('refuses a promise that nobody waits for', async () => {
    const code = 'async function work(): Promise<void> {}\nexport function start(): void {\n  work()\n}\n'
    expect(await objections(code, 'src-main/cli/io.ts')).toEqual(['@typescript-eslint/no-floating-promises'])
  })

  it('refuses a switch that forgets a case', async () => {
    const code =
      "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1\n  }\n  return 0\n}\n"
    expect(await objections(code, 'shared/units/quantity.ts')).toEqual(['@typescript-eslint/switch-exhaustiveness-check'])
  })

  it('refuses a comment that switches a rule off', async () => {
    const code = '// eslint-disable-next-line eqeqeq\nexport const same = (a: number, b: number): boolean => a == b\n'
    expect(await objections(code, 'shared/units/quantity.ts')).toContain('eqeqeq')
  })
})
