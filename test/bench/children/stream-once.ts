/** One end of a bare TCP stream: `receive BYTES` tells its port and then how long it took, `send BYTES PORT` sends. */

import { connect, createServer } from 'node:net'

const [role, amount, port] = process.argv.slice(2)
const bytes = Number(amount)
/** What is written at a time. */
const chunkBytes = 4 << 20

if (role === 'receive') {
  const server = createServer((socket) => {
    let received = 0
    const start = performance.now()
    socket.on('data', (chunk) => {
      received += chunk.length
      if (received >= bytes) process.send?.({ seconds: (performance.now() - start) / 1e3 })
    })
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
  })
} else {
  const socket = connect(Number(port), '127.0.0.1')
  const memory = new Uint8Array(64 * chunkBytes).fill(1)
  let sent = 0
  const send = (): void => {
    while (sent < bytes) {
      const from = sent % memory.length
      sent += chunkBytes
      if (!socket.write(memory.subarray(from, from + chunkBytes))) {
        socket.once('drain', send)
        return
      }
    }
  }
  socket.on('error', () => undefined)
  socket.once('connect', send)
}
