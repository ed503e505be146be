/**
 * Lint rules of the house. Formatting is nobody's business here: rules are about mistakes, effects and layers.
 *
 * The rule sets are typescript-eslint's and eslint-plugin-vue's own; what stands below them is what the house adds, or
 * takes away with a reason. Import layers are held by `test/architecture/layers.test.ts`.
 */

import { dirname } from 'node:path'
import eslint from '@eslint/js'
import type { Linter } from 'eslint'
import { defineConfig } from 'eslint/config'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

const clocks = 'shared/ reads no clock: take the time as an argument (in the simulator, the virtual time of the kernel).'
const chances = 'shared/ draws no random numbers of its own: take a seeded stream as an argument.'
const surroundings = 'shared/ runs in any surroundings (browser, worker, Node) and reads nothing from them.'

/** Globals that bring a clock, chance or the surroundings into code that must have none. */
const impureGlobals = [
  ...['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame', 'Temporal'].map(
    (name) => ({ name, message: clocks }),
  ),
  ...['crypto'].map((name) => ({ name, message: chances })),
  ...['process', 'globalThis', 'window', 'self', 'global', 'document', 'navigator', 'Buffer', 'require', 'console', 'fetch'].map((name) => ({
    name,
    message: surroundings,
  })),
]

/** What the house adds for every TypeScript file, tests among them. */
const houseRules: Linter.RulesRecord = {
  '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'type-imports', fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': true }],
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  // `void cleanUp()` says that a promise is left to itself on purpose; a number in a message needs no String().
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // Some members of an interface of asynchronous methods, or of generators, have nothing to wait for.
  '@typescript-eslint/require-await': 'off',
  'require-yield': 'off',
  // Libraries declare as methods what they hand out as functions, such as better-sqlite3's transaction(...).immediate.
  '@typescript-eslint/unbound-method': 'off',
  '@typescript-eslint/no-unused-vars': ['error', { args: 'after-used', argsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true }],
  'array-callback-return': 'error',
  eqeqeq: 'error',
  'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
  'no-console': 'error',
  // The compiler's noFallthroughCasesInSwitch does the same and knows which calls never return.
  'no-fallthrough': 'off',
  'no-var': 'error',
  'prefer-const': 'error',
}

export default defineConfig(
  {
    name: 'godwit/ignored',
    ignores: ['node_modules/', 'out/', 'dist/', 'coverage/', 'demo-results/', '**/*.d.ts'],
  },
  { name: 'godwit/linter', linterOptions: { noInlineConfig: true, reportUnusedInlineConfigs: 'error' } },
  {
    name: 'godwit/typescript',
    files: ['**/*.ts', '**/*.vue'],
    extends: [eslint.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        tsconfigRootDir: dirname(import.meta.dirname),
        project: ['shared/tsconfig.json', 'src-main/tsconfig.json', 'test/tsconfig.json', 'src-renderer/tsconfig*.json'],
        extraFileExtensions: ['.vue'],
      },
    },
    rules: houseRules,
  },
  {
    name: 'godwit/shared-is-pure',
    files: ['shared/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: chances }],
      'no-restricted-syntax': [
        'error',
        { selector: "MemberExpression[object.name='globalThis']", message: surroundings },
        { selector: "VariableDeclarator[init.name='Math'] Property[key.name='random']", message: chances },
        { selector: 'ImportExpression', message: 'shared/ is bundled whole: import statically.' },
        { selector: 'AwaitExpression[parent.parent.type="Program"]', message: 'A module of shared/ does nothing while it loads.' },
      ],
      'no-restricted-imports': ['error', { patterns: [{ regex: '^(node:|electron$|vue$|better-sqlite3|@napi-rs/)', message: surroundings }] }],
    },
  },
  {
    name: 'godwit/vue',
    files: ['src-renderer/**/*.vue'],
    extends: [vue.configs['flat/recommended']],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-macros-order': 'error',
      'vue/no-v-html': 'error',
      'vue/require-typed-ref': 'error',
      // The compiler knows the browser's globals better than a list does.
      'no-undef': 'off',
      // Line breaks inside a template are left to whoever writes it.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
    },
  },
  {
    name: 'godwit/entry-points',
    // Programs that talk to a terminal themselves.
    files: ['test/{bench,soak}/**/*.ts', 'src-main/cli/entry.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // An end-to-end test may kill a program at a moment of its choice, which takes a clock.
    name: 'godwit/tests-do-not-sleep',
    files: ['test/**/*.ts'],
    ignores: ['test/e2e/**'],
    rules: {
      'no-restricted-globals': ['error', { name: 'setTimeout', message: 'A test waits for an event, never for a while.' }],
    },
  },
  {
    name: 'godwit/assertions',
    files: ['test/**/*.ts'],
    rules: {
      // Assertions take any value: what JSON.parse gives is narrowed by the assertion itself.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
)
