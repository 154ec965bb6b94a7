import net from 'node:net'
import { createInterface } from 'node:readline'

// Clients in a process with a limit of open files of its own: `idle-clients.ts PORT ADDRESS COUNT`. Each sends one request
// and then keeps its connection. Says `ready` on standard output when all have their answers, then how many are still
// connected whenever it reads a line, and ends with its standard input.
const [port, localAddress, count] = [Number(process.argv[2]), process.argv[3], Number(process.argv[4])]

/** Under way at the same time, so that no queue of new connections runs over. */
const together = 50

let opened = 0
let answered = 0
let connected = 0

function openNext(): void {
  if (opened === count) return
  opened += 1
  let hasAnswer = false
  const socket = net.connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
  socket.on('connect', () => {
    connected += 1
    socket.write('GET /2 HTTP/1.1\r\nHost: acme.test\r\n\r\n')
  })
  socket.on('data', (bytes) => {
    if (hasAnswer || !bytes.includes('\r\n\r\n')) return
    hasAnswer = true
    answered += 1
    if (answered === count) process.stdout.write('ready\n')
    openNext()
  })
  socket.on('error', (error) => process.stderr.write(`${error.message}\n`))
  socket.on('close', () => {
    connected -= 1
  })
}

for (let index = 0; index < together; index++) openNext()
createInterface(process.stdin)
  .on('line', () => process.stdout.write(`${connected}\n`))
  .on('close', () => process.exit())
