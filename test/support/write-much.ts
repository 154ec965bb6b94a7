import type net from 'node:net'

/** Written again and again, and never looked at. */
const part = Buffer.alloc(256 * 1024, 'x')

/** Writes so many bytes as fast as they are taken, like a program that heeds back-pressure. */
export function writeMuch(socket: net.Socket, bytes: number): void {
  let left = bytes
  const writeOn = () => {
    let mayGoOn = true
    while (left > 0 && mayGoOn) {
      const next = left < part.length ? part.subarray(0, left) : part
      left -= next.length
      mayGoOn = socket.write(next)
    }
    if (left > 0) socket.once('drain', writeOn)
  }
  writeOn()
}
