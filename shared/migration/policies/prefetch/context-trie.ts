/**
 * What followed what in a sequence of symbols, for contexts of 0 to `order` symbols: a trie whose node stands for a
 * sequence and holds how often it was seen. Memory is bounded: when there are as many nodes as allowed, all counts are
 * halved and the nodes that come to zero go, so that what was seen long ago or once is forgotten.
 */

import type { ContextCounts } from './escape.ts'

/** The node of the last i symbols at place i; -1 where they were never seen in that sequence. */
export type Contexts = Int32Array

const root = 0

export class ContextTrie {
  readonly #order: number
  readonly #maximumNodes: number
  #nodes = emptyNodes()
  #contexts: Contexts
  /** The last `order` symbols, oldest first. */
  readonly #recent: number[] = []

  /** `maximumNodes` must hold at least one path, which is `order` + 2 nodes. */
  constructor(order: number, maximumNodes: number) {
    if (maximumNodes < order + 2) throw new RangeError(`a trie of order ${order} needs at least ${order + 2} nodes, not ${maximumNodes}`)
    this.#order = order
    this.#maximumNodes = maximumNodes
    this.#contexts = this.#noContexts()
  }

  get nodeCount(): number {
    return this.#nodes.counts.length
  }

  /** The contexts in which the next symbol stands. */
  get contexts(): Contexts {
    return this.#contexts
  }

  /** Counts a symbol in all its contexts. Symbols are integers of 32 bits. */
  observe(symbol: number): void {
    while (this.nodeCount + this.#order + 1 > this.#maximumNodes) this.#halve()
    const contexts = this.#noContexts()
    for (let length = 0; length <= this.#order; length++) {
      const context = this.#contexts[length] ?? -1
      if (context < 0) continue
      const successor = countSuccessor(this.#nodes, context, symbol)
      if (length < this.#order) contexts[length + 1] = successor
    }
    this.#contexts = contexts
    this.#recent.push(symbol)
    if (this.#recent.length > this.#order) this.#recent.shift()
  }

  /** The contexts that there would be after a further symbol, which is not counted. */
  after(contexts: Contexts, symbol: number): Contexts {
    const later = this.#noContexts()
    for (let length = 0; length < this.#order; length++) later[length + 1] = this.successor(contexts[length] ?? -1, symbol)
    return later
  }

  /** The node of a context followed by a symbol, or -1. */
  successor(context: number, symbol: number): number {
    return context < 0 ? -1 : (this.#nodes.index.get(keyOf(context, symbol)) ?? -1)
  }

  /** The nodes of what followed a context, most often first. */
  successors(context: number): readonly number[] {
    return this.#nodes.successors[context] ?? []
  }

  countsOf(context: number): ContextCounts {
    return { total: this.#nodes.totals[context] ?? 0, different: this.successors(context).length }
  }

  /** The last symbol of a node's sequence. */
  symbolOf(node: number): number {
    return this.#nodes.symbols[node] ?? 0
  }

  countOf(node: number): number {
    return this.#nodes.counts[node] ?? 0
  }

  #noContexts(): Contexts {
    const contexts = new Int32Array(this.#order + 1).fill(-1)
    contexts[0] = root
    return contexts
  }

  #halve(): void {
    const before = this.#nodes
    const after = emptyNodes()
    const copy = (from: number, to: number): void => {
      for (const node of before.successors[from] ?? []) {
        const count = Math.floor((before.counts[node] ?? 0) / 2)
        if (count > 0) copy(node, addSuccessor(after, to, before.symbols[node] ?? 0, count))
      }
    }
    copy(root, root)
    this.#nodes = after
    const contexts = this.#noContexts()
    for (let length = 1; length <= this.#recent.length; length++) {
      contexts[length] = this.#recent.slice(-length).reduce((node, symbol) => this.successor(node, symbol), root)
    }
    this.#contexts = contexts
  }
}

/** A node is an index into each of these. */
interface Nodes {
  readonly symbols: number[]
  readonly counts: number[]
  /** The sum of the successors' counts. */
  readonly totals: number[]
  /** By descending count. */
  readonly successors: Array<number[] | undefined>
  /** A node's place among the successors of its context. */
  readonly places: number[]
  readonly index: Map<number, number>
}

function emptyNodes(): Nodes {
  return { symbols: [0], counts: [0], totals: [0], successors: [undefined], places: [0], index: new Map() }
}

function keyOf(context: number, symbol: number): number {
  return context * 2 ** 32 + symbol + 2 ** 31
}

function addSuccessor(nodes: Nodes, context: number, symbol: number, count: number): number {
  const node = nodes.counts.length
  const siblings = (nodes.successors[context] ??= [])
  nodes.symbols.push(symbol)
  nodes.counts.push(count)
  nodes.totals.push(0)
  nodes.successors.push(undefined)
  nodes.places.push(siblings.length)
  nodes.index.set(keyOf(context, symbol), node)
  nodes.totals[context] = (nodes.totals[context] ?? 0) + count
  siblings.push(node)
  return node
}

function countSuccessor(nodes: Nodes, context: number, symbol: number): number {
  const node = nodes.index.get(keyOf(context, symbol))
  if (node === undefined) return addSuccessor(nodes, context, symbol, 1)
  const siblings = nodes.successors[context] ?? []
  const count = nodes.counts[node] ?? 0
  // The first of those counted equally often: it and the node change places, and the order stands.
  let first = 0
  for (let end = nodes.places[node] ?? 0; first < end; ) {
    const middle = (first + end) >>> 1
    if ((nodes.counts[siblings[middle] ?? 0] ?? 0) > count) first = middle + 1
    else end = middle
  }
  const other = siblings[first] ?? node
  const place = nodes.places[node] ?? 0
  siblings[first] = node
  siblings[place] = other
  nodes.places[other] = place
  nodes.places[node] = first
  nodes.counts[node] = count + 1
  nodes.totals[context] = (nodes.totals[context] ?? 0) + 1
  return node
}
