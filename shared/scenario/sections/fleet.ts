/** Several guests that leave at once, all alike: as when a host is emptied for maintenance. */

import { choice, count, optionalCount, section } from '../fields.ts'

export const fleet = section('How many guests like this one are migrated, and in which order', {
  guests: count({ default: 1, meaning: 'Guests to migrate, all as described here, each with its own random writes; they share link and destination', tag: 'lab', min: 1, max: 256 }),
  order: choice({
    default: 'series',
    meaning: 'When a guest begins',
    tag: 'lab',
    options: { series: 'When the one before has ended', parallel: 'At once, or when its host has a place free' },
  }),
  hosts: count({ default: 1, meaning: 'Source hosts over which the guests are spread in turn', tag: 'lab', min: 1, max: 256 }),
  perHost: optionalCount({ meaning: 'Migrations at a time from each source host, in parallel order', tag: 'lab', min: 1, max: 256 }),
})
