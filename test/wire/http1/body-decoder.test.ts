import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BodyDecoder } from '../../../src/wire/http1/body-decoder.ts'
import { parseErrors } from '../../../src/wire/http1/parse-error.ts'
import { acceptedBodies, refusedBodies } from './cases/chunked-bodies.ts'
import { decodeBody } from './decode-body.ts'
import { seededRandom } from '../../support/seeded-random.ts'
import type { SeededRandom } from '../../support/seeded-random.ts'

const rest = 'GET / HTTP/1.1\r\n'

test('chunked bodies are decoded, and the next message is left alone, however they are split', () => {
  for (const [name, bytes, body] of acceptedBodies) {
    const buffer = Buffer.from(bytes + rest, 'latin1')
    const wanted = { body, isDone: true, detail: undefined, consumed: bytes.length, received: body.length }
    for (const cuts of cutsOf(buffer))
      assert.deepEqual(decodeBody('chunked', -1, buffer, cuts), wanted, `${name}, cut at ${cuts.join()}`)
  }
})

test('chunked bodies that break a rule are refused by that rule at the same byte, however they are split', () => {
  for (const [name, bytes, rule] of refusedBodies) {
    const buffer = Buffer.from(bytes, 'latin1')
    const whole = decodeBody('chunked', -1, buffer, [])
    assert.equal(whole.detail, parseErrors[rule].detail, name)
    assert.equal(whole.isDone, false, name)
    for (const cuts of cutsOf(buffer))
      assert.deepEqual(decodeBody('chunked', -1, buffer, cuts), whole, `${name}, cut at ${cuts.join()}`)
  }
})

test('no beginning of a chunked body is taken for the whole', () => {
  for (const [name, bytes] of acceptedBodies) {
    const buffer = Buffer.from(bytes, 'latin1')
    for (let end = Math.max(0, buffer.length - 300); end < buffer.length; end++) {
      const { isDone, detail } = decodeBody('chunked', -1, buffer.subarray(0, end), [])
      assert.deepEqual({ isDone, detail }, { isDone: false, detail: undefined }, `${name}, first ${end} bytes`)
    }
  }
})

test('a body of known length ends there', () => {
  const buffer = Buffer.from(`hello${rest}`)
  for (const cuts of cutsOf(buffer)) {
    const wanted = { body: 'hello', isDone: true, detail: undefined, consumed: 5, received: 5 }
    assert.deepEqual(decodeBody('length', 5, buffer, cuts), wanted)
  }
  assert.equal(decodeBody('length', 6, Buffer.from('hello'), []).isDone, false)
  assert.equal(decodeBody('length', 0, buffer, []).consumed, 0)
  assert.equal(decodeBody('none', -1, buffer, []).consumed, 0)
})

test('a body until the connection closes takes everything and ends cleanly', () => {
  const decoder = new BodyDecoder()
  decoder.reset('until_close', -1)
  assert.equal(decoder.next(Buffer.from('hello'), 0, 5), 5)
  assert.deepEqual([decoder.dataStart, decoder.dataEnd, decoder.received, decoder.isDone], [0, 5, 5, false])
  assert.equal(decoder.finish(), true)
  assert.equal(decoder.isDone, true)
})

test('closing in the middle is no clean end', () => {
  const decoder = new BodyDecoder()
  decoder.reset('length', 5)
  decoder.next(Buffer.from('hell'), 0, 4)
  assert.deepEqual([decoder.finish(), decoder.remaining], [false, 1])
  decoder.reset('chunked', -1)
  decoder.next(Buffer.from('0\r\n\r'), 0, 4)
  assert.equal(decoder.finish(), false)
  decoder.next(Buffer.from('\n'), 0, 1)
  assert.equal(decoder.finish(), true)
})

test('a decoder is as good as new after a reset', () => {
  const decoder = new BodyDecoder()
  decoder.reset('chunked', -1)
  decoder.next(Buffer.from(`5;${'a'.repeat(900)}\r\n`), 0, 904)
  decoder.reset('chunked', -1)
  const bytes = Buffer.from(`1;${'a'.repeat(900)}\r\n`)
  assert.equal(decoder.next(bytes, 0, bytes.length), bytes.length)
  assert.deepEqual([decoder.error, decoder.remaining, decoder.received], [undefined, 1, 0])
  decoder.next(Buffer.from('x!'), 0, 2)
  decoder.next(Buffer.from('!'), 0, 1)
  assert.deepEqual(decoder.error, parseErrors.chunkEnd)
  assert.equal(decoder.next(Buffer.from('x'), 0, 1), 0)
  decoder.reset('none', -1)
  assert.deepEqual([decoder.error, decoder.isDone], [undefined, true])
})

test('random chunks in random segments come out as they went in', () => {
  const random = seededRandom(2)
  for (let round = 0; round < 300; round++) {
    const chunks = Array.from({ length: random.below(8) }, () =>
      'x\r\n0'.repeat(random.below(40)).slice(0, 1 + random.below(100)),
    )
    const body = chunks.join('')
    const bytes = chunks.filter((chunk) => chunk !== '').map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
    const buffer = Buffer.from(`${bytes.join('')}0\r\n\r\n`)
    const decoded = decodeBody('chunked', -1, buffer, randomCuts(random, buffer.length))
    assert.deepEqual(decoded, { body, isDone: true, detail: undefined, consumed: buffer.length, received: body.length })
  }
})

/** No cut, one at every boundary (of long bodies at a sample), one after every byte, and some random ones. */
function* cutsOf(bytes: Buffer): Generator<number[]> {
  const random = seededRandom(bytes.length)
  yield []
  const stride = bytes.length < 2_000 ? 1 : 97
  for (let cut = 0; cut <= bytes.length; cut += stride) yield [cut]
  if (stride === 1) yield Array.from(bytes, (_, index) => index)
  for (let round = 0; round < 10; round++) yield randomCuts(random, bytes.length)
}

function randomCuts(random: SeededRandom, length: number): number[] {
  return Array.from({ length: random.below(6) }, () => random.below(length + 1)).toSorted((a, b) => a - b)
}
