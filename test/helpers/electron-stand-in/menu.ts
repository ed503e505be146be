/** `Menu`: kept as it was made, and clicked by the test along its labels. */

import { app } from './app.ts'
import { answerControl } from './control.ts'

interface Item {
  readonly label?: string
  readonly role?: string
  readonly type?: string
  readonly accelerator?: string
  readonly enabled?: boolean
  readonly checked?: boolean
  readonly submenu?: readonly Item[]
  readonly click?: () => void
}

let items: readonly Item[] = []

export const Menu = {
  buildFromTemplate: (template: readonly Item[]): readonly Item[] => template,
  setApplicationMenu: (menu: readonly Item[]): void => void (items = menu),
}

const plainLabel = (item: Item): string => (item.label ?? item.role ?? '').replace(/&(?!&)/g, '').replaceAll('&&', '&')

answerControl('clickMenu', (...path) => {
  let item: Item | undefined
  for (const label of path) {
    item = (item === undefined ? items : (item.submenu ?? [])).find((candidate) => plainLabel(candidate) === label)
    if (item === undefined) throw new Error(`the menu has no item ${path.join(' > ')}`)
  }
  if (item?.role === 'quit') return app.quit()
  if (item?.enabled === false || item?.click === undefined) throw new Error(`the menu item ${path.join(' > ')} cannot be clicked`)
  item.click()
})

const described = (item: Item): unknown => ({
  label: plainLabel(item),
  ...(item.accelerator === undefined ? {} : { accelerator: item.accelerator }),
  ...(item.checked === undefined ? {} : { checked: item.checked }),
  ...(item.submenu === undefined ? {} : { items: item.submenu.map(described) }),
})

answerControl('menu', () => items.map(described))
