/** A strategy in real time: promises are waited for, failures thrown in where it waits. */

import { setTimeout as later } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Step } from '#shared/migration/world.ts'
import { both, Drive, until } from '../../../src-main/agent/source/drive.ts'

describe('a driven step', () => {
  it('goes on when what it waits for is there, and gives back what it returns', async () => {
    function* step(): Step<number> {
      const two = yield* until(later(1, 2))
      const three = yield* until(later(1, 3))
      return two * three
    }
    expect(await new Drive(step()).result).toBe(6)
  })

  it('catches what a promise rejects with', async () => {
    function* step(): Step<string> {
      try {
        yield Promise.reject(new Error('gone'))
        return 'not reached'
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(await new Drive(step()).result).toBe('gone')
  })

  it('rejects with what it throws', async () => {
    function* step(): Step<void> {
      yield Promise.resolve()
      throw new Error('broken')
    }
    await expect(new Drive(step()).result).rejects.toThrow('broken')
  })

  it('has an interruption thrown in where it waits, once, and goes on from its catch', async () => {
    const seen: string[] = []
    function* step(): Step<string> {
      try {
        yield new Promise(() => undefined)
      } catch (error) {
        seen.push((error as Error).message)
      }
      yield later(1, null)
      return 'ended'
    }
    const drive = new Drive(step())
    void later(1).then(() => drive.interrupt(new Error('link lost')))
    expect(await drive.result).toBe('ended')
    expect(seen).toEqual(['link lost'])
    drive.interrupt(new Error('too late'))
  })
})

describe('two steps at a time', () => {
  function* taking(ms: number, note: () => void): Step<void> {
    yield later(ms, null)
    note()
  }

  it('end when both have ended', async () => {
    const notes: number[] = []
    await new Drive(both(taking(1, () => notes.push(1)), taking(20, () => notes.push(2)))).result
    expect(notes).toEqual([1, 2])
  })

  it('end together when one throws, and give back what they hold', async () => {
    let released = false
    function* holding(): Step<void> {
      try {
        yield new Promise(() => undefined)
      } finally {
        released = true
      }
    }
    function* breaking(): Step<void> {
      yield later(1, null)
      throw new Error('broken')
    }
    await expect(new Drive(both(holding(), breaking())).result).rejects.toThrow('broken')
    expect(released).toBe(true)
  })

  it('end together when they are interrupted', async () => {
    let released = 0
    function* holding(): Step<void> {
      try {
        yield new Promise(() => undefined)
      } finally {
        released++
      }
    }
    const drive = new Drive(both(holding(), holding()))
    void later(1).then(() => drive.interrupt(new Error('link lost')))
    await expect(drive.result).rejects.toThrow('link lost')
    expect(released).toBe(2)
  })
})
