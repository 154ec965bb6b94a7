import type { RawScript } from './start-raw-origin.ts'

/** Answers with so much that no kernel's buffers hold it. */
export const floods: RawScript = async (connection) => {
  await connection.until()
  const part = 'x'.repeat(256 * 1024)
  connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${1_000 * part.length}\r\n\r\n`)
  while (!connection.isClosed) {
    if (connection.unsentBytes < part.length) connection.write(part)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
