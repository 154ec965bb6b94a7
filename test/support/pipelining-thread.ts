import net from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { PipelinersData } from './start-pipeliners.ts'

// Connections that are always owed more answers than the proxy reads ahead, until they are told to stop. They wait for
// what they are owed then, and say how many requests they sent and how often the expected text came back.
const { port, bytes, expected, connections } = workerData as PipelinersData
const perWrite = Math.ceil(65_536 / bytes.length)
const block = Buffer.from(bytes.repeat(perWrite), 'latin1')
let sent = 0
let answered = 0
let isStopping = false

for (let index = 0; index < connections; index += 1) {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true })
  let end = ''
  let owed = 0
  const send = () => {
    if (isStopping || owed > perWrite) return
    owed += perWrite
    sent += perWrite
    socket.write(block)
    send()
  }
  socket.on('connect', send)
  socket.on('close', () => parentPort?.postMessage({ sent, answered, isBroken: true }))
  socket.on('error', () => {})
  socket.on('data', (part) => {
    const text = end + part.toString('latin1')
    let at = text.indexOf(expected)
    for (; at !== -1; at = text.indexOf(expected, at + expected.length)) count()
    // Short enough never to hold a whole one.
    end = text.slice(-(expected.length - 1))
    if (isStopping && answered === sent) tell()
    send()
  })
  const count = () => {
    if (answered === 0) parentPort?.postMessage('answered')
    answered += 1
    owed -= 1
  }
}
parentPort?.on('message', () => {
  isStopping = true
  if (answered === sent) tell()
})

function tell(): void {
  parentPort?.postMessage({ sent, answered, isBroken: false })
  process.exit()
}
