/**
 * Where the files of a guest lie: those of a saved state, and its disk. The files and what they are called: sources/003
 * (configuration, .bin memory, .vsv device state, .vhd disks, .avhd differencing disks). Rates and sizes are lab values.
 */

import * as z from 'zod'
import { bitRate, bytes, choice, count, factor, type FieldMeta, section, share, text } from '../fields.ts'

export const storage = section('The storage of both hosts, read and written by cold and disk migration', {
  kind: choice({
    default: 'local',
    meaning: 'Who sees the files of a saved guest',
    tag: 'lab',
    options: { local: 'Each host its own: the files are moved over the link', shared: 'Both hosts: only the configuration is moved' },
    appliesTo: ['cold'],
  }),
  writeRate: bitRate({ default: '200 MB/s', meaning: 'What a host writes to storage in each second', tag: 'lab', min: 8, max: 1e14 }),
  readRate: bitRate({ default: '500 MB/s', meaning: 'What a host reads from storage in each second', tag: 'lab', min: 8, max: 1e14 }),
  configuration: bytes({ default: '64 KiB', meaning: 'Size of the configuration file', tag: 'lab', appliesTo: ['cold'] }),
})

const local = ['local'] as const

const layer = {
  name: text({ default: '', meaning: 'Name of the layer, such as that of its snapshot', tag: 'lab' }),
  share: share({ default: '5 %', meaning: 'Share of the disk that this layer holds: what was written since its snapshot was taken', tag: 'lab' }),
}

const layerList = z
  .array(z.strictObject(layer), { error: 'a list of differencing layers is expected' })
  .max(64, 'at most 64 layers are allowed')
  .prefault([])
  .meta({ meaning: 'Differencing disks (.avhd) on top of the base disk, oldest first', tag: 'source', origin: 'sources/003', control: 'list' } satisfies FieldMeta)

export const disk = section('The disk of the guest', {
  kind: choice({
    default: 'none',
    meaning: 'Does the disk have to be copied?',
    tag: 'source',
    origin: 'Clark et al. 2005: network-attached storage needs no copy of the disk',
    options: { none: 'No: both hosts see it', local: 'Yes: base disk, then its layers in their order, then blocks written meanwhile, before memory' },
  }),
  size: bytes({ default: '8 GiB', meaning: 'Size of the disk as the guest sees it', tag: 'lab', min: 4096, max: 2 ** 46, appliesTo: local }),
  baseShare: share({ default: '50 %', meaning: 'Share of the disk that the base disk (.vhd) holds', tag: 'lab', appliesTo: local }),
  layers: layerList,
  blockSize: bytes({ default: '64 KiB', meaning: 'Size of a block, the unit in which written parts are tracked and sent', tag: 'lab', min: 512, max: 2 ** 26, appliesTo: local }),
  blocksPerSecond: factor({ default: 0, meaning: 'Blocks written per second of undisturbed guest time, each of the working set with the same probability', tag: 'lab', max: 1e9, appliesTo: local }),
  workingSet: bytes({ default: '256 MiB', meaning: 'Blocks that the guest writes; they lie at the beginning of the last layer, or of the base disk if there is none', tag: 'lab', appliesTo: local }),
  blocksLeft: count({ default: 64, meaning: 'The disk is left for the downtime when fewer blocks than this are left', tag: 'lab', appliesTo: local }),
  rounds: count({ default: 10, meaning: 'The blocks written meanwhile are sent at most this often before memory', tag: 'lab', max: 10_000, appliesTo: local }),
})
