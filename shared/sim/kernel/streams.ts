/**
 * Seeded randomness. A stream belongs to one purpose, so that drawing more for one does not shift another; numbers for
 * pages are hashed from page and draw, so that they do not depend on the order in which pages are examined.
 */

/** Mixes 32 bits well (the finaliser of MurmurHash3, public domain). */
export function mix32(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** The seed of one purpose within a run. */
export function streamSeed(seed: number, purpose: string): number {
  let h = mix32(seed ^ 0x9e3779b9)
  for (let i = 0; i < purpose.length; i++) h = mix32(Math.imul(h, 31) + purpose.charCodeAt(i))
  return h
}

const unit = 2 ** -32

/** A number in (0, 1), never 0 or 1, that belongs to the n-th draw for an item. */
export function hashedUniform(seed: number, item: number, draw: number): number {
  const h = mix32(mix32(seed + Math.imul(item, 0x9e3779b1)) ^ Math.imul(draw + 1, 0x85ebca77))
  return (h + 0.5) * unit
}
