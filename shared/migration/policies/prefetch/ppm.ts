/**
 * Prediction by partial match, as Cui, Chen and Zhu (2020) put it before post-copy [source: that they do]. How they set
 * it up is not published; order, pages, threshold, alphabet, escape method and the bound of memory are ours [lab].
 *
 * The sequence of faults is read as symbols: page numbers, or distances from one page to the next. A page is asked for
 * once in a migration, so that page numbers repeat only where several processors wait for the same page; distances do.
 * The longest context that ends now, of at most `order` symbols, gives each symbol that followed it before its
 * probability, by the escape method; what it leaves goes to the next shorter context, for the symbols not seen in the
 * longer one (without the textbook's exclusion of their counts), and so on to order 0. The share left then, for what was
 * never seen at all, goes to the next page, because memory is used in runs [lab], or predicts nothing; the textbook spreads
 * it over the whole alphabet.
 *
 * In one step, the k most probable pages are predicted. As a chain, the most probable page is, and from there the next,
 * for k steps, as long as the product of the probabilities reaches the threshold. Pages that travelled along cause no
 * fault, so a fault on what the chain would have predicted next is taken to mean that the chain was followed. Faults alone
 * cannot tell that from an access that happens to be there.
 */

import { type Contexts, ContextTrie } from './context-trie.ts'
import { type EscapeMethod, escapeProbability, symbolProbability } from './escape.ts'
import type { Prefetcher } from './prefetcher.ts'

export interface PpmOptions {
  /** Pages predicted at most, or steps of a chain. */
  readonly k: number
  /** Symbols of the longest context. */
  readonly order: number
  /** Least probability of a predicted page, 0 to 1. */
  readonly threshold: number
  readonly alphabet: 'page' | 'delta'
  readonly escape: EscapeMethod
  readonly chain: boolean
  /** Give the share of what was never seen to the next page; absent: it predicts nothing. */
  readonly fallsBack?: boolean
}

/** Nodes of the trie at most [lab]; up to 240 bytes each, 32 MB in all. */
export const maximumNodes = 1 << 17
/** Successors of a context looked at for one prediction, at most [lab]; they come most frequent first. */
const successorsLookedAt = 256

export function ppm(options: PpmOptions): Prefetcher {
  return new Ppm(options)
}

interface Guess {
  readonly symbol: number
  readonly probability: number
}

class Ppm implements Prefetcher {
  readonly #options: PpmOptions
  readonly #trie: ContextTrie
  #last: number | null = null
  /** The pages of the last chain, sent or not, and the page after them. */
  #chain: readonly number[] = []
  #afterChain: number | null = null

  constructor(options: PpmOptions) {
    this.#options = options
    this.#trie = new ContextTrie(options.order, maximumNodes)
  }

  predict(page: number, wanted: (page: number) => boolean): readonly number[] {
    if (page === this.#last) return []
    if (page === this.#afterChain) for (const passed of this.#chain) this.#observe(passed)
    this.#observe(page)
    return this.#options.chain ? this.#followChain(page, wanted) : this.#mostProbable(page, wanted)
  }

  #observe(page: number): void {
    if (this.#options.alphabet === 'page') this.#trie.observe(page)
    else if (this.#last !== null) this.#trie.observe(page - this.#last)
    this.#last = page
  }

  #mostProbable(page: number, wanted: (page: number) => boolean): readonly number[] {
    const { k, threshold, escape } = this.#options
    const mayCome = (symbol: number): boolean => symbol !== this.#stay(page) && wanted(this.#pageAfter(page, symbol))
    return likeliest(this.#trie, this.#trie.contexts, { escape, count: k, least: threshold, mayCome, ifUnseen: this.#ifUnseen(page) }).map(({ symbol }) => this.#pageAfter(page, symbol))
  }

  #followChain(page: number, wanted: (page: number) => boolean): readonly number[] {
    const { k, threshold, escape } = this.#options
    const chain: number[] = []
    let contexts = this.#trie.contexts
    let at = page
    let reached = 1
    for (;;) {
      const from = at
      const mayCome = (symbol: number): boolean => symbol !== this.#stay(from) && this.#pageAfter(from, symbol) >= 0
      const [guess] = likeliest(this.#trie, contexts, { escape, count: 1, least: 0, mayCome, ifUnseen: this.#ifUnseen(from) })
      this.#afterChain = guess === undefined ? null : this.#pageAfter(from, guess.symbol)
      if (guess === undefined || this.#afterChain === null) break
      reached *= guess.probability
      if (chain.length === k || reached < threshold) break
      at = this.#afterChain
      chain.push(at)
      contexts = this.#trie.after(contexts, guess.symbol)
    }
    this.#chain = chain
    return [...new Set(chain)].filter((predicted) => predicted !== page && wanted(predicted))
  }

  #pageAfter(page: number, symbol: number): number {
    return this.#options.alphabet === 'page' ? symbol : page + symbol
  }

  /** The symbol of the next page, or null. */
  #ifUnseen(page: number): number | null {
    if (this.#options.fallsBack !== true) return null
    return this.#options.alphabet === 'page' ? page + 1 : 1
  }

  /** The symbol that leads nowhere else. */
  #stay(page: number): number {
    return this.#options.alphabet === 'page' ? page : 0
  }
}

interface Question {
  readonly escape: EscapeMethod
  /** Guesses at most. */
  readonly count: number
  /** Least probability, 0 to 1. */
  readonly least: number
  readonly mayCome: (symbol: number) => boolean
  /** The symbol that is given what is left for those never seen; null or absent: none. */
  readonly ifUnseen?: number | null
}

/** The most probable symbols after these contexts, best first; of equals the one from the longer context. */
export function likeliest(trie: ContextTrie, contexts: Contexts, { escape, count, least, mayCome, ifUnseen = null }: Question): readonly Guess[] {
  const guesses: Guess[] = []
  const suffices = (probability: number): boolean =>
    probability > 0 && probability >= least && (guesses.length < count || probability > (guesses.at(-1)?.probability ?? 0))
  /** Has a longer context given the symbol its probability? */
  const isKnown = (symbol: number, length: number): boolean => {
    for (let longer = contexts.length - 1; longer > length; longer--) {
      const node = trie.successor(contexts[longer] ?? -1, symbol)
      if (node >= 0 && (escape !== 'B' || trie.countOf(node) > 1)) return true
    }
    return false
  }
  let escaped = 1
  for (let length = contexts.length - 1; length >= 0 && suffices(escaped); length--) {
    const context = contexts[length] ?? -1
    const counts = trie.countsOf(context)
    if (counts.total === 0) continue
    const successors = trie.successors(context)
    for (let i = 0; i < successors.length && i < successorsLookedAt; i++) {
      const node = successors[i] ?? -1
      const probability = escaped * symbolProbability(escape, trie.countOf(node), counts)
      if (!suffices(probability)) break
      const symbol = trie.symbolOf(node)
      if (!isKnown(symbol, length) && mayCome(symbol)) insert(guesses, { symbol, probability }, count)
    }
    escaped *= escapeProbability(escape, counts)
  }
  if (ifUnseen !== null && suffices(escaped) && !isKnown(ifUnseen, -1) && mayCome(ifUnseen)) insert(guesses, { symbol: ifUnseen, probability: escaped }, count)
  return guesses
}

function insert(guesses: Guess[], guess: Guess, count: number): void {
  const worse = guesses.findIndex(({ probability }) => probability < guess.probability)
  guesses.splice(worse < 0 ? guesses.length : worse, 0, guess)
  if (guesses.length > count) guesses.pop()
}
