/** `dialog`: what was asked is told to the test, which answers beforehand or while the dialog is open. */

import { answerControl, type DialogAnswer, settings, tellTest } from './control.ts'

type Options = Readonly<Record<string, unknown>>

const answers: DialogAnswer[] = [...(settings.dialogAnswers ?? [])]
let open: Array<{ readonly kind: string; readonly close: (answer: DialogAnswer['answer']) => void }> = []

export const dialog = {
  showOpenDialog: async (...args: unknown[]) => {
    const path = await ask('open', args)
    return { canceled: path === null, filePaths: path === null ? [] : [String(path)] }
  },
  showSaveDialog: async (...args: unknown[]) => {
    const path = await ask('save', args)
    return { canceled: path === null, filePath: path === null ? '' : String(path) }
  },
  showMessageBox: async (...args: unknown[]) => {
    const button = await ask('message', args)
    return { response: button === null ? Number(optionsIn(args)['cancelId'] ?? 0) : Number(button), checkboxChecked: false }
  },
}

answerControl('answerDialog', (answer) => {
  const given = answer as DialogAnswer
  const asked = open.find(({ kind }) => kind === given.dialog)
  if (asked === undefined) answers.push(given)
  else asked.close(given.answer)
})

/** The window comes first where a dialog has one. */
function optionsIn(args: readonly unknown[]): Options {
  return args.at(-1) as Options
}

function ask(kind: DialogAnswer['dialog'], args: readonly unknown[]): Promise<DialogAnswer['answer']> {
  const { signal, ...options } = optionsIn(args)
  tellTest('dialog', { kind, ofWindow: args.length > 1, ...options })
  const index = answers.findIndex((answer) => answer.dialog === kind)
  const [prepared] = index === -1 ? [] : answers.splice(index, 1)
  if (prepared !== undefined) return Promise.resolve(prepared.answer)
  return new Promise((resolve) => {
    const close = (answer: DialogAnswer['answer']): void => {
      open = open.filter((asked) => asked.close !== close)
      resolve(answer)
    }
    open.push({ kind, close })
    if (signal instanceof AbortSignal) {
      signal.addEventListener('abort', () => {
        tellTest('dialog-aborted', options)
        close(null)
      })
    }
  })
}
