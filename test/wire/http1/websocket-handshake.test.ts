import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isParseError } from '../../../src/wire/http1/parse-error.ts'
import { parseRequestHead } from '../../../src/wire/http1/parse-request-head.ts'
import { parseResponseHead } from '../../../src/wire/http1/parse-response-head.ts'
import type { RequestHead } from '../../../src/wire/http1/request-head.ts'
import {
  asksForWebSocket,
  findAnswerMistake,
  handshakeErrors,
  readWebSocketHandshake,
} from '../../../src/wire/http1/websocket-handshake.ts'
import type { WebSocketHandshake } from '../../../src/wire/http1/websocket-handshake.ts'

/** Of RFC 6455 section 1.3. */
const key = 'dGhlIHNhbXBsZSBub25jZQ=='
const accept = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

const sound = {
  line: 'GET /chat HTTP/1.1',
  upgrade: 'Upgrade: websocket',
  connection: 'Connection: Upgrade',
  key: `Sec-WebSocket-Key: ${key}`,
  version: 'Sec-WebSocket-Version: 13',
}

type Rule = keyof typeof handshakeErrors
type Change = Partial<Record<keyof typeof sound | 'more', string>>

const soundHandshakes: [name: string, change: Change][] = [
  ['as a browser sends it', {}],
  ['names in other cases', { upgrade: 'uPGRADE: WebSocket', connection: 'connection: keep-alive, UPGRADE' }],
  ['Connection in two fields', { connection: 'Connection: keep-alive\r\nConnection: upgrade' }],
  ['Upgrade with empty elements', { upgrade: 'Upgrade: , websocket ,' }],
  ['a length of 0', { more: 'Content-Length: 0' }],
  ['another key', { key: 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==' }],
  ['close beside upgrade', { connection: 'Connection: upgrade, close' }],
]

for (const [name, change] of soundHandshakes) {
  test(`a sound handshake: ${name}`, () => {
    const head = requestHead(change)
    assert.ok(asksForWebSocket(head))
    assert.equal(readWebSocketHandshake(head).kind, 'websocket_handshake')
  })
}

const others: [name: string, change: Change][] = [
  ['no Upgrade', { upgrade: 'X-Nothing: 1' }],
  ['an empty Upgrade', { upgrade: 'Upgrade:' }],
  [
    'h2c',
    { upgrade: 'Upgrade: h2c', connection: 'Connection: Upgrade, HTTP2-Settings', more: 'HTTP2-Settings: AAMAAABk' },
  ],
  ['two others', { upgrade: 'Upgrade: h2c, TLS/1.0' }],
  ['a version of websocket', { upgrade: 'Upgrade: websocket/13' }],
  ['a longer name', { upgrade: 'Upgrade: websockets' }],
  ['a name with a look-alike', { upgrade: 'Upgrade: web\xa0socket' }],
  ['HTTP/1.0', { line: 'GET /chat HTTP/1.0' }],
]

for (const [name, change] of others) {
  test(`no WebSocket is asked for: ${name}`, () => assert.equal(asksForWebSocket(requestHead(change)), false))
}

const refused: [name: string, change: Change, rule: Rule][] = [
  ['POST', { line: 'POST /chat HTTP/1.1' }, 'method'],
  ['HEAD', { line: 'HEAD /chat HTTP/1.1' }, 'method'],
  ['a body with a length', { more: 'Content-Length: 1' }, 'body'],
  ['a chunked body', { more: 'Transfer-Encoding: chunked' }, 'body'],
  ['websocket and h2c', { upgrade: 'Upgrade: websocket, h2c' }, 'notAlone'],
  ['h2c and websocket', { upgrade: 'Upgrade: h2c\r\nUpgrade: websocket' }, 'notAlone'],
  ['websocket twice', { upgrade: 'Upgrade: websocket\r\nUpgrade: websocket' }, 'notAlone'],
  ['no Connection', { connection: 'X-Nothing: 1' }, 'connection'],
  ['another Connection', { connection: 'Connection: keep-alive' }, 'connection'],
  ['Connection with a longer name', { connection: 'Connection: upgrades' }, 'connection'],
  ['Connection names the key', { connection: 'Connection: upgrade, Sec-WebSocket-Key' }, 'hopByHop'],
  ['Connection names the extensions', { connection: 'Connection: sec-websocket-extensions, upgrade' }, 'hopByHop'],
  ['no version', { version: 'X-Nothing: 1' }, 'version'],
  ['an empty version', { version: 'Sec-WebSocket-Version:' }, 'version'],
  ['two versions', { version: 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13' }, 'version'],
  ['a list of versions', { version: 'Sec-WebSocket-Version: 13, 8' }, 'version'],
  ['a version with a zero in front', { version: 'Sec-WebSocket-Version: 013' }, 'version'],
  ['a version with a sign', { version: 'Sec-WebSocket-Version: +13' }, 'version'],
  ['a version in hex', { version: 'Sec-WebSocket-Version: 0xd' }, 'version'],
  ['a version with a fraction', { version: 'Sec-WebSocket-Version: 13.0' }, 'version'],
  ['a version beyond a byte', { version: 'Sec-WebSocket-Version: 256' }, 'version'],
  ['version 8', { version: 'Sec-WebSocket-Version: 8' }, 'otherVersion'],
  ['version 0', { version: 'Sec-WebSocket-Version: 0' }, 'otherVersion'],
  ['version 255', { version: 'Sec-WebSocket-Version: 255' }, 'otherVersion'],
  ['no key', { key: 'X-Nothing: 1' }, 'key'],
  ['an empty key', { key: 'Sec-WebSocket-Key:' }, 'key'],
  ['two keys', { key: `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Key: ${key}` }, 'key'],
  ['a key of 15 bytes', { key: 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA' }, 'key'],
  ['a key of 17 bytes', { key: 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=' }, 'key'],
  ['a key without padding', { key: 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA' }, 'key'],
  ['a key with bits beyond its bytes', { key: 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAB==' }, 'key'],
  ['a key in base64url', { key: 'Sec-WebSocket-Key: ____________________-w==' }, 'key'],
  ['a key with a space', { key: 'Sec-WebSocket-Key: AAAAAAAAAAA AAAAAAAAAAA==' }, 'key'],
  ['a key with parameters', { key: `Sec-WebSocket-Key: ${key};x` }, 'key'],
  ['an empty subprotocol', { more: 'Sec-WebSocket-Protocol:' }, 'protocol'],
  ['a subprotocol that is no token', { more: 'Sec-WebSocket-Protocol: a b' }, 'protocol'],
  ['a subprotocol twice', { more: 'Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Protocol: a' }, 'protocol'],
]

for (const [name, change, rule] of refused) {
  test(`a handshake is refused: ${name}`, () => {
    const head = requestHead(change)
    assert.ok(asksForWebSocket(head))
    assert.equal(readWebSocketHandshake(head), handshakeErrors[rule])
  })
}

test('every rule of the handshake refuses something, is frozen and says something of its own', () => {
  const used = new Set(refused.map(([, , rule]) => rule))
  assert.deepEqual([...used].toSorted(), Object.keys(handshakeErrors).toSorted())
  const errors = Object.values(handshakeErrors)
  assert.ok(errors.every((error) => Object.isFrozen(error)))
  assert.equal(new Set(errors.map(({ detail }) => detail)).size, errors.length)
})

test('the accept value is that of RFC 6455, and what is offered is read from every field', () => {
  const more = [
    'Sec-WebSocket-Protocol: chat, superchat',
    'Sec-WebSocket-Protocol: V2.Chat',
    'Sec-WebSocket-Extensions: Permessage-Deflate ; client_max_window_bits, x-one',
    'Sec-WebSocket-Extensions: x-two;a="b"',
  ]
  assert.deepEqual(handshake({ more: more.join('\r\n') }), {
    kind: 'websocket_handshake',
    accept,
    protocols: ['chat', 'superchat', 'V2.Chat'],
    extensions: ['permessage-deflate', 'x-one', 'x-two'],
  })
})

const offered = handshake({
  more: 'Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Extensions: permessage-deflate; x=1, x-other',
})

const soundAnswer = {
  line: 'HTTP/1.1 101 Switching Protocols',
  upgrade: 'Upgrade: websocket',
  connection: 'Connection: Upgrade',
  accept: `Sec-WebSocket-Accept: ${accept}`,
}

type AnswerChange = Partial<Record<keyof typeof soundAnswer | 'more', string>>

const answers: [name: string, change: AnswerChange, mistake: RegExp | undefined][] = [
  ['the plainest one', {}, undefined],
  ['other cases', { upgrade: 'upgrade: WEBSOCKET', connection: 'connection: keep-alive, upgrade' }, undefined],
  ['a length of 0', { more: 'Content-Length: 0' }, undefined],
  ['an offered subprotocol', { more: 'Sec-WebSocket-Protocol: superchat' }, undefined],
  ['an offered extension', { more: 'Sec-WebSocket-Extensions: permessage-deflate; y=2' }, undefined],
  ['all offered extensions', { more: 'Sec-WebSocket-Extensions: x-other, Permessage-Deflate' }, undefined],
  ['HTTP/1.0', { line: 'HTTP/1.0 101 Switching Protocols' }, /HTTP\/1\.0/],
  ['a body with a length', { more: 'Content-Length: 5' }, /body/],
  ['a chunked body', { more: 'Transfer-Encoding: chunked' }, /body/],
  ['no Upgrade', { upgrade: 'X-Nothing: 1' }, /Upgrade/],
  ['another Upgrade', { upgrade: 'Upgrade: h2c' }, /Upgrade/],
  ['two Upgrades', { upgrade: 'Upgrade: websocket, h2c' }, /Upgrade/],
  ['Upgrade twice', { upgrade: 'Upgrade: websocket\r\nUpgrade: websocket' }, /Upgrade/],
  ['no Connection', { connection: 'X-Nothing: 1' }, /Connection/],
  ['another Connection', { connection: 'Connection: close' }, /Connection/],
  ['Connection twice', { connection: 'Connection: upgrade\r\nConnection: upgrade' }, /Connection/],
  ['Connection names the accept value', { connection: 'Connection: upgrade, Sec-WebSocket-Accept' }, /names a field/],
  ['no accept value', { accept: 'X-Nothing: 1' }, /Accept/],
  ['a wrong accept value', { accept: 'Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }, /Accept/],
  ['the key as accept value', { accept: `Sec-WebSocket-Accept: ${key}` }, /Accept/],
  ['the accept value in another case', { accept: `Sec-WebSocket-Accept: ${accept.toUpperCase()}` }, /Accept/],
  ['the accept value twice', { more: `Sec-WebSocket-Accept: ${accept}` }, /Accept/],
  ['a subprotocol that was not offered', { more: 'Sec-WebSocket-Protocol: other' }, /subprotocol/],
  ['a subprotocol in another case', { more: 'Sec-WebSocket-Protocol: Chat' }, /subprotocol/],
  ['an empty subprotocol', { more: 'Sec-WebSocket-Protocol:' }, /subprotocol/],
  ['two subprotocols', { more: 'Sec-WebSocket-Protocol: chat, superchat' }, /subprotocol/],
  ['a subprotocol twice', { more: 'Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat' }, /subprotocol/],
  ['an extension that was not offered', { more: 'Sec-WebSocket-Extensions: x-mine' }, /extension/],
  ['one of two extensions not offered', { more: 'Sec-WebSocket-Extensions: x-other, x-mine' }, /extension/],
]

for (const [name, change, mistake] of answers) {
  test(`a 101 is ${mistake === undefined ? 'taken' : 'refused'}: ${name}`, () => {
    const found = findAnswerMistake(answerHead(change), offered)
    if (mistake === undefined) assert.equal(found, undefined)
    else assert.match(String(found), mistake)
  })
}

function requestHead({ more, ...change }: Change): RequestHead {
  const { line, ...fields } = { ...sound, ...change }
  const lines = [line, 'Host: a.test', ...Object.values(fields), ...(more === undefined ? [] : [more]), '', '']
  const bytes = Buffer.from(lines.join('\r\n'), 'latin1')
  const head = parseRequestHead(bytes, 0, bytes.length)
  assert.ok(head !== undefined && !isParseError(head), 'the parser refuses it already')
  return head
}

function handshake(change: Change): WebSocketHandshake {
  const read = readWebSocketHandshake(requestHead(change))
  assert.ok(!isParseError(read))
  return read
}

function answerHead({ more, ...change }: AnswerChange) {
  const lines = [...Object.values({ ...soundAnswer, ...change }), ...(more === undefined ? [] : [more]), '', '']
  const bytes = Buffer.from(lines.join('\r\n'), 'latin1')
  const head = parseResponseHead(bytes, 0, bytes.length)
  assert.ok(head !== undefined && !isParseError(head), 'the parser refuses it already')
  return head
}
