/** The network between source and destination, and the room on the destination. */

import { bitRate, bytes, duration, optionalBytes, section, share } from '../fields.ts'

export const link = section('The network between source and destination', {
  bandwidth: bitRate({ default: '1 Gbit/s', meaning: 'What the link carries in each second, in each direction', tag: 'lab', min: 1, max: 1e14 }),
  latency: duration({ default: '100 us', meaning: 'Time that a message takes from one side to the other', tag: 'lab', max: 60e9 }),
  jitter: duration({ default: '0 us', meaning: 'Mean of a further delay that varies from message to message, exponentially distributed; what is sent later never arrives earlier', tag: 'lab', max: 60e9 }),
  loss: share({ default: '0 %', meaning: 'Share of the packets that are lost; each delays what follows by a round trip and a retransmission time-out of 1 ms', tag: 'lab', max: 0.5 }),
  background: bitRate({ default: '0 Mbit/s', meaning: 'Traffic of others on the link', tag: 'lab' }),
  perPage: bytes({ default: '0 B', meaning: 'Bytes sent with each page beside its content', tag: 'lab', max: 65536 }),
  perBatch: bytes({ default: '0 B', meaning: 'Bytes sent with each batch of pages', tag: 'lab' }),
  timeout: duration({ default: '10 s', meaning: 'Silence after which a side gives the connection up', tag: 'lab', min: 1e6 }),
  batchTime: duration({ default: '0 us', meaning: 'Time that the sender spends on each batch, during which nothing is sent', tag: 'lab' }),
})

export const destination = section('The host that receives the guest', {
  freeMemory: optionalBytes({ meaning: 'Memory free on the destination; a larger guest is refused at reservation. Off: there is room', tag: 'lab' }),
})
