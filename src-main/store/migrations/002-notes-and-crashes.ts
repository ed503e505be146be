/**
 * What people note about runs, and the records of crashed runs that were made again.
 *
 * Notes stand beside the runs, because a finished run never changes. A crashed run says nothing about migration, so it may
 * make room for another try, but only once its record stands in `crashes`; see build/decisions/0006-crashed-runs.md.
 */

import type { Migration } from './migration.ts'

/** True of the run with this key if it crashed and its record was kept. */
export const mayLeave = (runKey: string): string => `EXISTS (
      SELECT 1 FROM runs JOIN crashes ON crashes.run_id = runs.run_id AND crashes.provenance = runs.provenance
      WHERE runs.run_key = ${runKey} AND runs.outcome = 'crashed')`

export const notesAndCrashes: Migration = {
  version: 2,
  name: 'notes-and-crashes',
  sql: `
    CREATE TABLE run_notes (
      run_id    TEXT PRIMARY KEY,
      tags      TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
      note      TEXT NOT NULL DEFAULT '',
      -- Why the run is left out of means and figures; null: it is not left out.
      exclusion TEXT
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE crashes (
      crash_key     INTEGER PRIMARY KEY,
      run_id        TEXT NOT NULL,
      scenario_hash TEXT NOT NULL REFERENCES scenarios (scenario_hash),
      seed          INTEGER NOT NULL,
      backend       TEXT NOT NULL,
      stats         TEXT NOT NULL CHECK (json_valid(stats)),
      provenance    TEXT NOT NULL CHECK (json_valid(provenance))
    ) STRICT;
    CREATE INDEX crashes_by_run ON crashes (run_id);
    CREATE TRIGGER crashes_stay BEFORE UPDATE ON crashes BEGIN SELECT RAISE(ABORT, 'the record of a crash is immutable'); END;
    CREATE TRIGGER crashes_remain BEFORE DELETE ON crashes BEGIN SELECT RAISE(ABORT, 'the record of a crash is immutable'); END;

    DROP TRIGGER runs_remain;
    DROP TRIGGER iterations_remain;
    DROP TRIGGER timelines_remain;
    CREATE TRIGGER runs_remain BEFORE DELETE ON runs WHEN NOT ${mayLeave('OLD.run_key')}
      BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
    CREATE TRIGGER iterations_remain BEFORE DELETE ON iterations WHEN NOT ${mayLeave('OLD.run_key')}
      BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
    CREATE TRIGGER timelines_remain BEFORE DELETE ON timelines WHEN NOT ${mayLeave('OLD.run_key')}
      BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
  `,
}
