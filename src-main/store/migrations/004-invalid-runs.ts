/**
 * A real run whose guest was not what it must be is kept as `invalid`. A check of a column cannot be changed, so the table
 * of runs is made anew, with what refers to it.
 */

import type { Migration } from './migration.ts'
import { mayLeave } from './002-notes-and-crashes.ts'

export const invalidRuns: Migration = {
  version: 4,
  name: 'invalid-runs',
  sql: `
    DROP TRIGGER iterations_remain;
    DROP TRIGGER timelines_remain;
    CREATE TABLE runs_anew (
      run_key           INTEGER PRIMARY KEY,
      run_id            TEXT NOT NULL UNIQUE,
      scenario_hash     TEXT NOT NULL REFERENCES scenarios (scenario_hash),
      seed              INTEGER NOT NULL,
      backend           TEXT NOT NULL,
      outcome           TEXT NOT NULL CHECK (outcome IN ('completed', 'failed', 'lost', 'cancelled', 'crashed', 'invalid')),
      reason_code       TEXT,
      stop_rule         TEXT,
      total_ms          REAL NOT NULL,
      downtime_ms       REAL NOT NULL,
      transferred_bytes INTEGER NOT NULL,
      pages_sent        INTEGER NOT NULL,
      zero_pages        INTEGER NOT NULL,
      iteration_count   INTEGER NOT NULL,
      major_faults      INTEGER NOT NULL,
      minor_faults      INTEGER NOT NULL,
      fingerprint       TEXT NOT NULL,
      -- The whole record without iterations and series.
      stats             TEXT NOT NULL CHECK (json_valid(stats)),
      provenance        TEXT NOT NULL CHECK (json_valid(provenance))
    ) STRICT;
    INSERT INTO runs_anew SELECT * FROM runs;
    DROP TABLE runs;
    ALTER TABLE runs_anew RENAME TO runs;
    CREATE INDEX runs_by_scenario ON runs (scenario_hash);
    CREATE TRIGGER runs_stay BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
    CREATE TRIGGER runs_remain BEFORE DELETE ON runs WHEN NOT ${mayLeave('OLD.run_key')}
      BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
    CREATE TRIGGER iterations_remain BEFORE DELETE ON iterations WHEN NOT ${mayLeave('OLD.run_key')}
      BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
    CREATE TRIGGER timelines_remain BEFORE DELETE ON timelines WHEN NOT ${mayLeave('OLD.run_key')}
      BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
  `,
}
