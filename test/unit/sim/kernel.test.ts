import { describe, expect, it } from 'vitest'
import { Kernel, type Process, Signal } from '#shared/sim/kernel/kernel.ts'

describe('the kernel', () => {
  it('runs entries by time, then priority, then first in first out', () => {
    const kernel = new Kernel()
    const order: string[] = []
    const note = (name: string) => () => void order.push(`${name}@${kernel.now}`)
    kernel.schedule(20, note('late'))
    kernel.schedule(10, note('first'))
    kernel.schedule(10, note('second'))
    kernel.schedule(10, note('urgent'), -1)
    kernel.run()
    expect(order).toEqual(['urgent@10', 'first@10', 'second@10', 'late@20'])
  })

  it('keeps the order of thousands of entries scheduled at random', () => {
    const kernel = new Kernel()
    const seen: number[] = []
    let state = 1
    for (let i = 0; i < 5000; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      kernel.schedule(state % 997, () => void seen.push(kernel.now))
    }
    kernel.run()
    expect(seen).toHaveLength(5000)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  it('passes over a cancelled entry', () => {
    const kernel = new Kernel()
    const order: string[] = []
    const entry = kernel.schedule(5, () => void order.push('cancelled'))
    kernel.schedule(6, () => void order.push('kept'))
    kernel.cancel(entry)
    kernel.run()
    expect(order).toEqual(['kept'])
  })

  it('rounds a fraction of a nanosecond up and refuses to go back', () => {
    const kernel = new Kernel()
    kernel.schedule(0.2, () => undefined)
    kernel.run()
    expect(kernel.now).toBe(1)
    expect(() => kernel.schedule(-1, () => undefined)).toThrow('must not be negative')
  })

  it('stops at an end time and goes on from there', () => {
    const kernel = new Kernel()
    const seen: number[] = []
    kernel.schedule(100, () => void seen.push(kernel.now))
    kernel.run(() => false, 40)
    expect([kernel.now, seen]).toEqual([40, []])
    kernel.run()
    expect(seen).toEqual([100])
  })
})

describe('a process', () => {
  it('waits for times and signals and gives its result', () => {
    const kernel = new Kernel()
    const signal = new Signal(kernel)
    function* waiter(): Process<string> {
      yield 10
      yield signal
      return `woken at ${kernel.now}`
    }
    const handle = kernel.spawn(waiter())
    kernel.schedule(25, () => signal.fire())
    kernel.run()
    expect(handle.result).toEqual({ value: 'woken at 25' })
  })

  it('is interrupted where it waits, and an earlier wake-up no longer reaches it', () => {
    const kernel = new Kernel()
    const seen: string[] = []
    function* waiter(): Process<void> {
      try {
        yield 100
        seen.push('undisturbed')
      } catch (error) {
        seen.push(`${(error as Error).message} at ${kernel.now}`)
      }
      yield 500
      seen.push(`went on at ${kernel.now}`)
    }
    const handle = kernel.spawn(waiter())
    kernel.schedule(30, () => handle.interrupt(new Error('broken')))
    kernel.run()
    expect(seen).toEqual(['broken at 30', 'went on at 530'])
    handle.interrupt(new Error('too late'))
    expect(seen).toHaveLength(2)
  })
})
