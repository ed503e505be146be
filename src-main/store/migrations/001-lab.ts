/**
 * Suites, the points and runs they plan, and finished runs with their iterations and sampled series.
 *
 * `suite_runs` says what a suite wants, `runs` what was done: a run that two suites want is done and kept once.
 */

import type { Migration } from './migration.ts'

export const lab: Migration = {
  version: 1,
  name: 'lab',
  sql: `
    CREATE TABLE suites (
      suite_id    INTEGER PRIMARY KEY AUTOINCREMENT,
      name        TEXT NOT NULL,
      plan_digest TEXT NOT NULL UNIQUE,
      text        TEXT NOT NULL,
      created_at  TEXT NOT NULL
    ) STRICT;

    CREATE TABLE scenarios (
      scenario_hash TEXT PRIMARY KEY,
      scenario      TEXT NOT NULL CHECK (json_valid(scenario))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE points (
      suite_id      INTEGER NOT NULL REFERENCES suites (suite_id) ON DELETE CASCADE,
      point         INTEGER NOT NULL,
      factors       TEXT NOT NULL CHECK (json_valid(factors)),
      scenario_hash TEXT NOT NULL REFERENCES scenarios (scenario_hash),
      PRIMARY KEY (suite_id, point)
    ) STRICT, WITHOUT ROWID;

    -- No reference to runs: most of these runs are still to be done.
    CREATE TABLE suite_runs (
      suite_id   INTEGER NOT NULL,
      point      INTEGER NOT NULL,
      repetition INTEGER NOT NULL,
      run_id     TEXT NOT NULL,
      PRIMARY KEY (suite_id, point, repetition, run_id),
      FOREIGN KEY (suite_id, point) REFERENCES points (suite_id, point) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX suite_runs_by_run ON suite_runs (run_id);

    CREATE TABLE runs (
      run_key           INTEGER PRIMARY KEY,
      run_id            TEXT NOT NULL UNIQUE,
      scenario_hash     TEXT NOT NULL REFERENCES scenarios (scenario_hash),
      seed              INTEGER NOT NULL,
      backend           TEXT NOT NULL,
      outcome           TEXT NOT NULL CHECK (outcome IN ('completed', 'failed', 'lost', 'cancelled', 'crashed')),
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
    CREATE INDEX runs_by_scenario ON runs (scenario_hash);

    CREATE TABLE iterations (
      run_key                INTEGER NOT NULL REFERENCES runs (run_key),
      row                    INTEGER NOT NULL,
      iteration              INTEGER NOT NULL,
      phase                  TEXT NOT NULL,
      start_ms               REAL NOT NULL,
      ms                     REAL NOT NULL,
      pages                  INTEGER NOT NULL,
      zero_pages             INTEGER NOT NULL,
      skipped_pages          INTEGER NOT NULL,
      bytes                  INTEGER NOT NULL,
      dirty_pages            INTEGER NOT NULL,
      rate_bits_per_second   REAL NOT NULL,
      dirty_pages_per_second REAL NOT NULL,
      PRIMARY KEY (run_key, row)
    ) STRICT, WITHOUT ROWID;

    -- Columns of samples as deflated JSON.
    CREATE TABLE timelines (
      run_key  INTEGER PRIMARY KEY REFERENCES runs (run_key),
      timeline BLOB NOT NULL,
      wws      BLOB
    ) STRICT;

    CREATE TRIGGER scenarios_stay BEFORE UPDATE ON scenarios BEGIN SELECT RAISE(ABORT, 'the scenario of a run is immutable'); END;
    CREATE TRIGGER runs_stay BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
    CREATE TRIGGER runs_remain BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
    CREATE TRIGGER iterations_stay BEFORE UPDATE ON iterations BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
    CREATE TRIGGER iterations_remain BEFORE DELETE ON iterations BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
    CREATE TRIGGER timelines_stay BEFORE UPDATE ON timelines BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
    CREATE TRIGGER timelines_remain BEFORE DELETE ON timelines BEGIN SELECT RAISE(ABORT, 'a finished run is immutable'); END;
  `,
}
