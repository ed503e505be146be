/** Who may import whom: the table of rules, and the checker that reads a file's imports with the TypeScript compiler. */

import { posix } from 'node:path'
import ts from 'typescript'

interface LayerRule {
  /** Files that the rule is about. */
  readonly from: RegExp
  /** What they may not import: a path in the repository, or a package's name. */
  readonly never: RegExp
  readonly except?: RegExp
  readonly because: string
}

const surroundings = /^(node:|electron$|vue$|vue-router$|pinia$|better-sqlite3$|@napi-rs\/)/

export const layerRules: readonly LayerRule[] = [
  { from: /^shared\//, never: /^(src-main|src-renderer|test|build)\//, because: 'shared imports nothing of ours outside shared' },
  { from: /^shared\//, never: surroundings, because: 'shared runs in any surroundings' },
  { from: /^src-main\//, never: /^src-renderer\//, because: 'src-main and src-renderer meet in shared only' },
  { from: /^src-renderer\//, never: /^src-main\//, because: 'src-main and src-renderer meet in shared only' },
  { from: /^src-(main|renderer)\//, never: /^test\//, because: 'the product does not need its tests' },
  { from: /^src-renderer\//, never: /^(node:|better-sqlite3$|@napi-rs\/)/, because: 'the renderer runs in a browser' },
  { from: /^src-main\/agent\//, never: /^src-main\/(services|store)\//, because: 'an agent runs alone on another host' },
  { from: /./, never: /^electron(\/|$)/, except: /^src-main\/(shell|preload)\//, because: 'only shell and preload know Electron' },

  { from: /^shared\/units\//, never: /^shared\/(?!units\/)/, because: 'units are the ground floor' },
  { from: /^shared\/model\//, never: /^shared\/(?!(units|model)\/)/, because: 'the nouns know nothing of what is done with them' },
  { from: /^shared\/scenario\//, never: /^shared\/sim\/(?!model-version\.ts$)/, because: 'a scenario does not know who runs it' },
  { from: /^shared\/scenario\//, never: /^shared\/(migration|wire|analysis|figures)\//, because: 'a scenario does not know who runs it' },
  { from: /^shared\/migration\//, never: /^shared\/(sim|wire|analysis|figures|rpc)\//, because: 'a strategy does not know its world' },
  { from: /^shared\/sim\//, never: /^shared\/(wire|analysis|figures|rpc)\//, because: 'the simulator makes results and does not judge them' },
  { from: /^shared\/models\//, never: /^shared\/(rpc|figures)\/|^shared\/sim\/(simulate|sim-world)\.ts$/, because: 'a model predicts without running what it is compared with' },
  { from: /^shared\/(sim|migration|scenario|analysis)\//, never: /^shared\/models\//, because: 'nothing rests on the analytic models' },
  { from: /^shared\/trace\//, never: /^shared\/(?!(trace|model|units)\/)/, because: 'a trace does not know who replays it' },
  { from: /^shared\/(analysis|figures)\//, never: /^shared\/(sim|migration|wire)\//, because: 'results look the same from every backend' },
  { from: /^shared\/analysis\//, never: /^shared\/figures\//, because: 'figures draw what analysis finds' },
]

export interface SourceFile {
  /** Path from the top of the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** One sentence for each import of the file that breaks a rule. */
export function violationsIn(file: SourceFile): readonly string[] {
  return importsOf(file).flatMap(({ specifier, line }) => {
    const target = resolveImport(file.path, specifier)
    const broken = layerRules.filter((rule) => rule.from.test(file.path) && rule.never.test(target) && rule.except?.test(file.path) !== true)
    const reasons = [...broken.map((rule) => rule.because), ...misspellings(file.path, specifier, target)]
    return reasons.map((reason) => `${file.path}:${line} imports ${specifier}: ${reason}`)
  })
}

/** A path in the repository for what is ours, the specifier itself for a package. */
function resolveImport(from: string, specifier: string): string {
  if (specifier.startsWith('#shared/')) return specifier.slice(1)
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier
}

/** Ours is imported by a relative path with its extension inside a world, as #shared/... from outside shared. */
function misspellings(from: string, specifier: string, target: string): readonly string[] {
  const reasons: string[] = []
  const world = (path: string): string => path.split('/')[0] ?? ''
  const isShared = world(target) === 'shared'
  if (specifier.startsWith('#') && world(from) === 'shared') reasons.push('inside shared, write a relative path')
  if (specifier.startsWith('.') && isShared && world(from) !== 'shared') reasons.push('from outside shared, write #shared/...')
  if (/^[.#]/.test(specifier) && posix.extname(target) === '') reasons.push('write the extension')
  return reasons
}

interface Import {
  readonly specifier: string
  readonly line: number
}

/** Static, type-only and dynamic imports, re-exports, and files started as workers by new URL(..., import.meta.url). */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const source = ts.createSourceFile(path, path.endsWith('.vue') ? scriptsOf(text) : text, ts.ScriptTarget.Latest, true)
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    const named = importedName(node)
    if (named !== undefined && ts.isStringLiteralLike(named)) {
      found.push({ specifier: named.text, line: source.getLineAndCharacterOfPosition(named.getStart()).line + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function importedName(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined
  if (ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require')) {
    return node.arguments[0]
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'URL') {
    return node.arguments?.[1]?.getText() === 'import.meta.url' ? node.arguments[0] : undefined
  }
  return undefined
}

/** The scripts of a Vue component, each on the lines where it stands. */
function scriptsOf(component: string): string {
  const blank = (text: string): string => text.replace(/[^\n]/g, ' ')
  let scripts = ''
  let end = 0
  for (const match of component.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) {
    const body = match[1] ?? ''
    const start = match.index + match[0].indexOf('>') + 1
    scripts += blank(component.slice(end, start)) + body
    end = start + body.length
  }
  return scripts
}
