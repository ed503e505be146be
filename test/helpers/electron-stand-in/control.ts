/** The channel between a test and the stand-in: Node's own, which a parent process has with its child. */

type Command = (...args: unknown[]) => unknown

const commands = new Map<string, Command>()

/** Answers a command of the test. */
export function answerControl(name: string, command: Command): void {
  commands.set(name, command)
}

/** Tells the test what the shell did. */
export function tellTest(event: string, data: unknown = null): void {
  if (process.connected) process.send?.({ event, data: data ?? null })
}

/** What the test wants from the start: displays, and answers to dialogs that are asked before it can speak. */
export interface StandInSettings {
  readonly displays?: ReadonlyArray<{ readonly id: number; readonly workArea: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } }>
  readonly dialogAnswers?: readonly DialogAnswer[]
  /** The preload script also runs in frames inside the page, as in a renderer that was taken over. */
  readonly preloadInSubFrames?: boolean
}

export interface DialogAnswer {
  readonly dialog: 'open' | 'save' | 'message'
  /** The path chosen, or the number of the button; null: the dialog was closed. */
  readonly answer: string | number | null
}

export const settings = JSON.parse(process.env['ELECTRON_STAND_IN'] ?? '{}') as StandInSettings

process.on('message', (message: { readonly id: number; readonly command: string; readonly args: readonly unknown[] }) => {
  void answer(message).then((result) => process.connected && process.send?.(result))
})
// Without the test there is nobody to end this process.
process.on('disconnect', () => process.exit(0))

async function answer({ id, command, args }: { readonly id: number; readonly command: string; readonly args: readonly unknown[] }): Promise<unknown> {
  try {
    const known = commands.get(command)
    if (known === undefined) throw new Error(`the stand-in knows no command "${command}"`)
    return { id, result: (await known(...args)) ?? null }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}
