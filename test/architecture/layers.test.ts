/** Imports go one way. */

import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { importsOf, layerRules, violationsIn } from './layers.ts'

const sources = globSync('{shared,src-main,src-renderer,test,build}/**/*.{ts,vue}')
  .map((path) => path.replaceAll('\\', '/'))
  .sort()

describe('the house', () => {
  it('has sources in every world that is built', () => {
    const worlds = new Set(sources.map((path) => path.split('/')[0]))
    expect([...worlds]).toEqual(expect.arrayContaining(['shared', 'src-main', 'test', 'build']))
  })

  it('keeps to the import rules', () => {
    const violations = sources.flatMap((path) => violationsIn({ path, text: readFileSync(path, 'utf8') }))
    expect(violations).toEqual([])
  })
})

/** An import that breaks each rule of the table, in the table's order. */
const seeded: ReadonlyArray<readonly [file: string, specifier: string]> = [
  ['shared/sim/a.ts', '../../src-main/store/b.ts'],
  ['shared/sim/a.ts', 'node:fs'],
  ['src-main/lab/a.ts', '../../src-renderer/api/b.ts'],
  ['src-renderer/api/a.ts', '../../src-main/store/b.ts'],
  ['src-main/lab/a.ts', '../../test/helpers/b.ts'],
  ['src-renderer/api/a.ts', 'better-sqlite3'],
  ['src-main/agent/a.ts', '../store/b.ts'],
  ['src-main/cli/a.ts', 'electron'],
  ['shared/units/a.ts', '../model/b.ts'],
  ['shared/model/a.ts', '../scenario/b.ts'],
  ['shared/scenario/a.ts', '../sim/simulate.ts'],
  ['shared/scenario/a.ts', '../migration/b.ts'],
  ['shared/migration/a.ts', '../sim/b.ts'],
  ['shared/sim/a.ts', '../figures/b.ts'],
  ['shared/models/a.ts', '../sim/simulate.ts'],
  ['shared/sim/a.ts', '../models/b.ts'],
  ['shared/trace/a.ts', '../sim/b.ts'],
  ['shared/figures/a.ts', '../sim/b.ts'],
  ['shared/analysis/a.ts', '../figures/b.ts'],
]

describe('the checker', () => {
  it('has an example against every rule', () => {
    expect(seeded).toHaveLength(layerRules.length)
  })

  it.each(seeded.map((example, index) => [...example, layerRules[index]?.because ?? ''] as const))(
    'objects when %s imports %s: %s',
    (path, specifier, because) => {
      expect(violationsIn({ path, text: `import { b } from '${specifier}'` })).toContain(`${path}:1 imports ${specifier}: ${because}`)
    },
  )

  it.each([
    ['shared/scenario/expand.ts', '../sim/model-version.ts'],
    ['shared/sim/world.ts', '../migration/world.ts'],
    ['src-main/cli/a.ts', '#shared/units/quantity.ts'],
    ['src-main/cli/a.ts', '../store/contract.ts'],
    ['src-main/shell/main.ts', 'electron'],
    ['test/unit/a.test.ts', '../../src-main/store/b.ts'],
  ])('lets %s import %s', (path, specifier) => {
    expect(violationsIn({ path, text: `import { b } from '${specifier}'` })).toEqual([])
  })

  it.each([
    ['shared/sim/a.ts', '#shared/units/b.ts', 'inside shared, write a relative path'],
    ['test/unit/a.test.ts', '../../shared/units/b.ts', 'from outside shared, write #shared/...'],
    ['shared/sim/a.ts', '../units/b', 'write the extension'],
  ])('objects to the spelling when %s imports %s', (path, specifier, because) => {
    expect(violationsIn({ path, text: `import { b } from '${specifier}'` })).toEqual([`${path}:1 imports ${specifier}: ${because}`])
  })

  it('sees every way to import', () => {
    const text = [
      "import a, { type A } from './a.ts'",
      "import type { B } from './b.ts'",
      "export * from './c.ts'",
      "const d = await import('./d.ts')",
      "type E = import('./e.ts').E",
      "new Worker(new URL('./f.ts', import.meta.url))",
      "// import './comment.ts'",
      'const text = "import x from \'./text.ts\'"',
    ].join('\n')
    expect(importsOf({ path: 'shared/x.ts', text })).toEqual(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) => ({ specifier: `./${name}.ts`, line: index + 1 })),
    )
  })

  it('reads the script of a Vue component', () => {
    const text = "<template>\n  <p>import x from 'y'</p>\n</template>\n<script setup lang=\"ts\">\nimport { b } from 'electron'\n</script>\n"
    expect(violationsIn({ path: 'src-renderer/App.vue', text })).toEqual([
      'src-renderer/App.vue:5 imports electron: only shell and preload know Electron',
    ])
  })
})
