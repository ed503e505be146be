/** Repetitions count from 1, as people and every output of the program count them; stores before counted from 0. */

import type { Migration } from './migration.ts'

export const repetitionsFromOne: Migration = {
  version: 3,
  name: 'repetitions-from-one',
  // In two steps: a row must not meet the key of one that is still to be counted up.
  sql: `
    UPDATE suite_runs SET repetition = -repetition - 1;
    UPDATE suite_runs SET repetition = -repetition;
  `,
}
