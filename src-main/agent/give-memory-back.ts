/**
 * The memory of a guest is given back when the collector finds that nobody holds it, which may be long after; the next
 * guest needs the room now.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | null = null

export function giveMemoryBack(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}
