/**
 * Commits finished runs in groups. A commit waits for the disk, so runs that finish close together share one; the
 * promise of each is kept when its group is on the disk, and broken for the whole group if it does not get there.
 */

export interface GroupCommit<Item> {
  readonly add: (item: Item) => Promise<void>
  /** Commits now what waits. */
  readonly flush: () => void
}

interface Waiting<Item> {
  readonly item: Item
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export function groupCommit<Item>(
  commit: (items: readonly Item[]) => void,
  { delayMs, groupSize }: { readonly delayMs: number; readonly groupSize: number },
): GroupCommit<Item> {
  let waiting: Array<Waiting<Item>> = []
  let timer: NodeJS.Timeout | undefined

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    const group = waiting
    waiting = []
    try {
      commit(group.map(({ item }) => item))
      for (const { resolve } of group) resolve()
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  const add = (item: Item): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (waiting.length >= groupSize) flush()
      else timer ??= setTimeout(flush, delayMs)
    })

  return { add, flush }
}
