/** What people note about runs: tags, a text, and why a run is left out. */

import type { Database } from 'better-sqlite3'
import type { RunNotes } from '#shared/rpc/app-contract.ts'

export function noteQueries(database: Database) {
  const ensure = database.prepare<[string]>(`
    INSERT INTO run_notes (run_id) SELECT DISTINCT run_id FROM suite_runs WHERE run_id = ? ON CONFLICT DO NOTHING`)
  const setTags = database.prepare<[string, string]>('UPDATE run_notes SET tags = ? WHERE run_id = ?')
  const setNote = database.prepare<[string, string]>('UPDATE run_notes SET note = ? WHERE run_id = ?')
  const setExclusion = database.prepare<[string | null, string]>('UPDATE run_notes SET exclusion = ? WHERE run_id = ?')

  return {
    annotate: database.transaction((runIds: readonly string[], { tags, note, exclusion }: Partial<RunNotes>): void => {
      for (const runId of runIds) {
        ensure.run(runId)
        if (tags !== undefined) setTags.run(JSON.stringify(tags), runId)
        if (note !== undefined) setNote.run(note, runId)
        if (exclusion !== undefined) setExclusion.run(exclusion, runId)
      }
    }).immediate,
  }
}
