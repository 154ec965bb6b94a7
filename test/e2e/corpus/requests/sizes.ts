import { accepted, get, message, refused, seen } from '../request-case.ts'
import type { RequestCase } from '../request-case.ts'

const many = (count: number) => Array.from({ length: count }, (_, index) => `A${index}: b`)
const long = `A: ${'b'.repeat(8_189)}`
const half = `A: ${'b'.repeat(4_093)}`

/** RFC 6585 section 5 and RFC 9110 section 15.5.15; Host is one of the fields. */
export const sizes: readonly RequestCase[] = [
  { ...accepted('128 fields', get(...many(127)), seen('GET /', ...many(127))), isAtLimit: true },
  accepted('100 fields', get(...many(99)), seen('GET /', ...many(99))),
  refused('129 fields', get(...many(128)), 431),
  refused('a thousand fields', get(...many(1_000)), 431),
  refused('a thousand fields with underscores', get(...many(1_000).map((line) => `_${line}`)), 431),
  accepted('a field line of 8 KiB', get(long), seen('GET /', long)),
  refused('a field line of 8 KiB and a byte', get(`${long}b`), 431),
  refused('a field name of 9,000 bytes', get(`${'A'.repeat(9_000)}: b`), 431),
  refused('a field line of a megabyte', get(`A: ${'b'.repeat(1_000_000)}`), 431),
  refused('a field of white space over 8 KiB', get(`A:${' '.repeat(9_000)}b`), 431),
  accepted('a head of 28 KiB', get(...Array(7).fill(half)), seen('GET /', ...Array(7).fill(half))),
  refused('a head over 32 KiB', get(...Array(8).fill(half)), 431),
  refused('a head over 32 KiB without an end', get(...Array(8).fill(half)).slice(0, -2), 431),
  accepted('a target of 8 KiB', message(`GET /${'a'.repeat(8_191)} HTTP/1.1`), seen(`GET /${'a'.repeat(8_191)}`)),
  refused('a target of 8 KiB and a byte', message(`GET /${'a'.repeat(8_192)} HTTP/1.1`), 414),
  accepted(
    'a target that escapes make 8 KiB',
    message(`GET /a${'|'.repeat(2_730)} HTTP/1.1`),
    seen(`GET /a${'%7C'.repeat(2_730)}`),
  ),
  refused('a target that escapes make 8 KiB and two bytes', message(`GET /${'|'.repeat(2_731)} HTTP/1.1`), 414),
  refused('a query over 8 KiB', message(`GET /?${'a'.repeat(8_192)} HTTP/1.1`), 414),
  refused('an absolute target over 8 KiB', message(`GET http://acme.test/${'a'.repeat(8_192)} HTTP/1.1`), 414),
  refused('a target without an end', `GET /${'a'.repeat(10_000)}`, 414),
  refused('a method without an end', 'A'.repeat(100)),
]
