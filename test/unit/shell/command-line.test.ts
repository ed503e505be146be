import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isSuiteFile, readShellArguments } from '../../../src-main/shell/command-line.ts'

const read = (...args: readonly string[]) => readShellArguments(['/opt/godwit/godwit', ...args], '/home/ada')

describe('the command line of the window', () => {
  it('asks for nothing when it is empty', () => {
    expect(read()).toEqual({ suiteFile: null, storePath: null })
  })

  it('names a suite from the folder that it was typed in', () => {
    expect(read('suites/clark.yaml').suiteFile).toBe(resolve('/home/ada/suites/clark.yaml'))
  })

  it('finds the suite behind the script and the switches that others add', () => {
    expect(read('out/main/shell.js', '--enable-features=A,B', '--no-sandbox', '--original-process-start-time=13', '/data/A.YML').suiteFile).toBe(resolve('/data/A.YML'))
  })

  it('takes the first suite of several', () => {
    expect(read('a.json', 'b.yaml').suiteFile).toBe(resolve('/home/ada/a.json'))
  })

  it('names a store, and does not take it for a suite', () => {
    expect(read('--store', 'results.json')).toEqual({ suiteFile: null, storePath: resolve('/home/ada/results.json') })
    expect(read('--store=lab.sqlite').storePath).toBe(resolve('/home/ada/lab.sqlite'))
  })

  it('passes over a store without a name', () => {
    expect(read('--store=').storePath).toBeNull()
    expect(read('--store').storePath).toBeNull()
  })
})

it.each([
  ['a.yaml', true],
  ['a.b.yml', true],
  ['A.JSON', true],
  ['a.yaml.png', false],
  ['yaml', false],
  ['', false],
])('whether "%s" is a suite file: %s', (path, answer) => {
  expect(isSuiteFile(path)).toBe(answer)
})
