/** The example of RFC 6455 section 1.3. */
export const exampleKey = 'dGhlIHNhbXBsZSBub25jZQ=='
export const exampleAccept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

/** An opening handshake byte for byte; a changed line replaces the one with that name, an empty text leaves it out. */
export function handshakeBytes(changes: Readonly<Record<string, string>> = {}): string {
  const lines: Record<string, string> = {
    request: 'GET /chat HTTP/1.1',
    host: 'Host: acme.test',
    upgrade: 'Upgrade: websocket',
    connection: 'Connection: Upgrade',
    key: `Sec-WebSocket-Key: ${exampleKey}`,
    version: 'Sec-WebSocket-Version: 13',
    ...changes,
  }
  const present = Object.values(lines).filter((line) => line !== '')
  return [...present, '', ''].join('\r\n')
}

/** The 101 that fits it; more field lines end in CRLF each. */
export function acceptingBytes(more = ''): string {
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${exampleAccept}\r\n${more}\r\n`
  )
}
