/** How components and stores reach the program. */

import { inject, type InjectionKey } from 'vue'
import type { Program } from './connection.ts'

export const appKey: InjectionKey<Program> = Symbol('program')

/** The program behind the window; to be called in a component's set-up. */
export function useProgram(): Program {
  const program = inject(appKey)
  if (program === undefined) throw new Error('the program was not provided')
  return program
}
