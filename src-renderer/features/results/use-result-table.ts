/** What the table of results shows: columns chosen and remembered, rows in order, groups with what is open in them. */

import { useLocalStorage } from '@vueuse/core'
import { computed, ref } from 'vue'
import type { RunRow } from '#shared/rpc/app-contract.ts'
import { nextSort } from '../../components/table/columns.ts'
import { useResults } from '../../stores/results.ts'
import { groupRows } from './groups.ts'
import { orderGroups, orderRows } from './order-rows.ts'
import { columnsFor, type ResultColumn, type ResultItem, usualColumns } from './result-columns.ts'

export function useResultTable() {
  const results = useResults()
  /** Chosen columns; factors differ from suite to suite and are remembered by what was hidden. */
  const remembered = useLocalStorage<{ readonly shown: readonly string[]; readonly hiddenFactors: readonly string[] } | null>('godwit.results.columns', null, { shallow: true, serializer: { read: readRemembered, write: (value) => JSON.stringify(value) } })
  const openGroups = ref<ReadonlySet<string>>(new Set())

  const columns = computed(() => columnsFor(results.rows, results.factors))
  const shownKeys = computed<readonly string[]>({
    get: () => {
      if (remembered.value === null) return usualColumns(results.rows, results.factors)
      const { shown, hiddenFactors } = remembered.value
      return [...shown, ...results.factors.filter((path) => !hiddenFactors.includes(path))]
    },
    set: (keys) => {
      const earlier = remembered.value?.hiddenFactors.filter((path) => !results.factors.includes(path)) ?? []
      const hidden = results.factors.filter((path) => !keys.includes(path))
      remembered.value = { shown: keys.filter((key) => !results.factors.includes(key)), hiddenFactors: [...earlier, ...hidden] }
    },
  })
  const shownColumns = computed<readonly ResultColumn[]>(() => {
    // The reason why a run is left out is never out of sight.
    const hasReasons = results.rows.some(({ exclusion }) => exclusion !== null)
    const wanted = new Set([...shownKeys.value, 'run', ...(hasReasons ? ['exclusion'] : [])])
    const shown = columns.value.filter(({ key }) => wanted.has(key))
    // A mean and its interval need more room than a number.
    return results.groupBy === null ? shown : shown.map((column) => (column.metric === undefined ? column : { ...column, width: Math.max(column.width, 150) }))
  })

  const ordered = computed(() => orderRows(results.filtered, results.sort, columns.value))
  const groups = computed(() => (results.groupBy === null ? [] : orderGroups(groupRows(ordered.value, results.groupBy, openGroups.value), results.sort, columns.value)))
  const items = computed<readonly ResultItem[]>(() => {
    if (results.groupBy === null) return ordered.value.map(runItem)
    return groups.value.flatMap((group): readonly ResultItem[] => [{ kind: 'group', group }, ...(group.isOpen ? group.rows.map(runItem) : [])])
  })
  const selectedRows = computed(() => (results.selected.size === 0 ? [] : ordered.value.filter(({ runId }) => results.selected.has(runId))))

  function toggleGroup(key: string): void {
    const next = new Set(openGroups.value)
    if (!next.delete(key)) next.add(key)
    openGroups.value = next
  }

  return {
    columns, shownKeys, shownColumns, ordered, groups, items, selectedRows, toggleGroup,
    resetColumns: () => void (remembered.value = null),
    sortBy: (key: string) => void (results.sort = nextSort(results.sort, key)),
  }
}

export function keyOfItem(item: ResultItem): string {
  return item.kind === 'run' ? item.row.runId : item.group.key
}

function runItem(row: RunRow): ResultItem {
  return { kind: 'run', row }
}

/** What an earlier version wrote, or a person changed, is not trusted. */
function readRemembered(text: string): { readonly shown: readonly string[]; readonly hiddenFactors: readonly string[] } | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('shown' in value) || !('hiddenFactors' in value)) return null
    const { shown, hiddenFactors } = value
    return isTextList(shown) && isTextList(hiddenFactors) ? { shown, hiddenFactors } : null
  } catch {
    return null
  }
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}
