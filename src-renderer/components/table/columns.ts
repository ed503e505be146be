/** What a column of a virtual table is, and the order and selection that a table works with. */

export interface TableColumn<Item> {
  readonly key: string
  readonly label: string
  /** Stands in the header behind the label; numbers in cells carry none. */
  readonly unit?: string
  /** One sentence for the header's tooltip. */
  readonly meaning?: string
  readonly align: 'start' | 'end'
  /** In pixels at a text scale of 1. */
  readonly width: number
  readonly isSortable: boolean
  readonly text: (item: Item) => string
  /** Read out and shown as a tooltip in place of `text`, such as a whole name where the cell shows its beginning. */
  readonly full?: (item: Item) => string
}

export interface SortOrder {
  readonly key: string
  readonly descending: boolean
}

/** The order after a header was pressed: up, down, then as it came. */
export function nextSort(current: SortOrder | null, key: string): SortOrder | null {
  if (current?.key !== key) return { key, descending: false }
  return current.descending ? null : { key, descending: true }
}

/** What a press on a row adds to: nothing, the row itself, or all up to the row. */
export type SelectionGesture = 'only' | 'toggle' | 'range'

export interface SelectionChange {
  readonly keys: readonly string[]
  readonly selected: ReadonlySet<string>
  /** Where a range begins. */
  readonly anchor: string | null
  readonly target: string
  readonly gesture: SelectionGesture
}

export function selectedAfter({ keys, selected, anchor, target, gesture }: SelectionChange): ReadonlySet<string> {
  if (gesture === 'toggle') {
    const next = new Set(selected)
    if (!next.delete(target)) next.add(target)
    return next
  }
  const from = keys.indexOf(anchor ?? target)
  const to = keys.indexOf(target)
  if (gesture === 'only' || from < 0 || to < 0) return new Set([target])
  return new Set(keys.slice(Math.min(from, to), Math.max(from, to) + 1))
}
