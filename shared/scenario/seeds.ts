/** The seeds of a suite's repetitions: derived from one seed that the suite writes down. */

/**
 * Seed of a repetition, counted from 1: a whole number from 0 to 2^32 - 1. It does not depend on the point or the backend, so that all
 * points of a repetition see the same random streams (common random numbers). Repetitions of one suite never share a seed:
 * every step is a bijection of the repetition's number.
 */
export function repetitionSeed(suiteSeed: number, repetition: number): number {
  const low = suiteSeed >>> 0
  const high = Math.floor(suiteSeed / 2 ** 32) >>> 0
  const base = mix(mix(low ^ 0x9e3779b9) + high)
  return mix(base + Math.imul(repetition - 1, 0x9e3779b1))
}

/** A bijection of 32-bit numbers in which each bit of the input moves half of the output's (Murmur 3's finaliser). */
function mix(value: number): number {
  let bits = value >>> 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
