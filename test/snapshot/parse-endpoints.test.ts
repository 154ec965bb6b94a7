import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseEndpoints } from '../../src/snapshot/parse-endpoints.ts'

const url = 'http://10.0.0.1:8080'

const good = [
  ['an array of URLs', JSON.stringify([url, 'https://web.internal'])],
  ['an array of objects', JSON.stringify([{ url }, { url: 'https://web.internal' }])],
  ['an object with that array', JSON.stringify({ endpoints: [url, 'https://web.internal'] })],
  ['lines', `# the two\n${url}\n\n  https://web.internal  \r\n`],
] as const

for (const [name, text] of good) {
  test(`endpoints are listed as ${name}`, () => {
    assert.deepEqual(
      parseEndpoints(text).map((endpoint) => [endpoint.url, endpoint.host, endpoint.address, endpoint.port]),
      [
        [url, '10.0.0.1', '10.0.0.1', 8080],
        ['https://web.internal', 'web.internal', '', 443],
      ],
    )
  })
}

test('what is said of an endpoint is taken, and the rest has its default', () => {
  const said = { url, weight: 3, state: 'draining', priority: 1, backup: true, zone: 'eu', max_connections: 7 }
  const listed = { id: 12, pool: 'web', tenant: 'acme', ...said }
  const [first, second] = parseEndpoints(JSON.stringify([listed, { url: 'http://10.0.0.2', zone: null }]))
  assert.partialDeepStrictEqual(first, {
    weight: 3,
    state: 'draining',
    priority: 1,
    backup: true,
    zone: 'eu',
    maxConnections: 7,
  })
  assert.partialDeepStrictEqual(second, { weight: 1, state: 'enabled', priority: 0, backup: false, maxConnections: 0 })
  assert.equal(second.zone, undefined)
})

test('nothing is a list of none', () => {
  assert.deepEqual([parseEndpoints(''), parseEndpoints('[]'), parseEndpoints('{"endpoints":[]}')], [[], [], []])
})

const bad = [
  ['half a document', '[{"url":"http://10.0.0.1', /no JSON/],
  ['an object without a list', '{"hosts":[]}', /no list of endpoints/],
  ['a number', '[7]', /endpoint 1: it is neither a URL nor an object/],
  ['a list in the list', '[["http://a"]]', /endpoint 1: it is neither/],
  ['an endpoint without a URL', '["http://a",{"weight":1}]', /endpoint 2: it has no url/],
  ['a URL with a path', '["http://a/b"]', /endpoint 1: url 'http:\/\/a\/b'.*the path/],
  ['a weight out of range', '[{"url":"http://a","weight":1001}]', /endpoint 1: weight '1001'/],
  ['a weight that is no number', '[{"url":"http://a","weight":{}}]', /endpoint 1: weight is no single value/],
  ['a state that there is not', '[{"url":"http://a","state":"sleepy"}]', /endpoint 1: state 'sleepy'/],
  ['a key that there is not', '[{"url":"http://a","wieght":1}]', /there is no 'wieght'; there are url, weight/],
  ['a prototype', '[{"url":"http://a","__proto__":1}]', /there is no '__proto__'/],
  ['the same URL twice', '["http://a:80","http://a"]', /endpoint 2: 'http:\/\/a' is there twice/],
  ['a line that is no URL', 'http://a\nweb2', /endpoint 2: url 'web2'/],
  ['more than are taken', JSON.stringify(Array.from({ length: 1_001 }, (_, at) => `http://a${at}`)), /1001 endpoints/],
] as const

for (const [name, text, message] of bad) {
  test(`${name} is refused, with its reason`, () => {
    assert.throws(() => parseEndpoints(text), { name: 'UserError', message })
  })
}
