import { join } from 'node:path'
import { bandwidth } from '../../../src/kit/field/bandwidth.ts'
import { bind } from '../../../src/kit/field/bind.ts'
import { boolean } from '../../../src/kit/field/boolean.ts'
import { bytes } from '../../../src/kit/field/bytes.ts'
import { choice, openChoice } from '../../../src/kit/field/choice.ts'
import { currency } from '../../../src/kit/field/currency.ts'
import { dnsServerKind } from '../../../src/kit/field/dns-server.ts'
import { filePath } from '../../../src/kit/field/file-path.ts'
import { duration } from '../../../src/kit/field/duration.ts'
import { endpointUrl } from '../../../src/kit/field/endpoint-url.ts'
import { factor } from '../../../src/kit/field/factor.ts'
import type { FieldDeclaration, SqlValue } from '../../../src/kit/field/field.ts'
import { hashSource } from '../../../src/kit/field/hash-source.ts'
import { headerKind } from '../../../src/kit/field/header.ts'
import { hostName } from '../../../src/kit/field/host-name.ts'
import { integer } from '../../../src/kit/field/integer.ts'
import { ipRange } from '../../../src/kit/field/ip-range.ts'
import { json } from '../../../src/kit/field/json.ts'
import { jsonMatch } from '../../../src/kit/field/json-match.ts'
import { limitTarget } from '../../../src/kit/field/limit-target.ts'
import { list } from '../../../src/kit/field/list.ts'
import { methodKind } from '../../../src/kit/field/method.ts'
import { name, reference } from '../../../src/kit/field/name.ts'
import { poolReference } from '../../../src/kit/field/pool-reference.ts'
import { optional } from '../../../src/kit/field/optional.ts'
import { percent } from '../../../src/kit/field/percent.ts'
import { pathPrefix } from '../../../src/kit/field/path-prefix.ts'
import { priceName } from '../../../src/kit/field/price-name.ts'
import { tierKind } from '../../../src/kit/field/price.ts'
import { headerMatch } from '../../../src/kit/field/header-match.ts'
import { splitKind, splitSource } from '../../../src/kit/field/split.ts'
import { mirror } from '../../../src/kit/field/mirror.ts'
import { pathRegex } from '../../../src/kit/field/path-regex.ts'
import { requestMatchKind } from '../../../src/kit/field/request-match.ts'
import { quotaKind } from '../../../src/kit/field/quota.ts'
import { rate } from '../../../src/kit/field/rate.ts'
import { text } from '../../../src/kit/field/text.ts'
import { timeZone } from '../../../src/kit/field/time-zone.ts'
import { time } from '../../../src/kit/field/time.ts'

export interface FieldCase {
  readonly field: FieldDeclaration
  /** What operators type, and what the row holds then. */
  readonly good: readonly (readonly [text: string, stored: SqlValue])[]
  readonly bad: readonly string[]
  /** Stored values that SQL must refuse. */
  readonly refused: readonly SqlValue[]
}

const summary = 'For the test.'
const choices = [
  { name: 'allow', summary: '' },
  { name: 'deny', summary: '' },
]
const label63 = 'a'.repeat(63)

/** Every kind of field there is. */
export const fieldCases: readonly FieldCase[] = [
  {
    field: text({ summary, maxLength: 8 }),
    good: [
      [' scanner ', 'scanner'],
      ['', ''],
      ['🙂🙂🙂🙂🙂🙂🙂🙂', '🙂🙂🙂🙂🙂🙂🙂🙂'],
    ],
    bad: ['123456789', 'a\nb', 'a\u001b[2Jb'],
    refused: ['123456789', null],
  },
  {
    field: name({ summary }),
    good: [
      ['acme', 'acme'],
      ['a.b_c-1', 'a.b_c-1'],
      [label63, label63],
    ],
    bad: ['', 'Acme', 'a/b', '-a', 'ä', 'a b', `${label63}a`, 'a\n'],
    refused: ['', 'Acme', 'a/b', 'a\n', `${label63}a`, null],
  },
  { field: reference('pool', { summary }), good: [['web', 'web']], bad: ['Web', 'acme/web'], refused: ['Web'] },
  {
    field: poolReference({ summary }),
    good: [
      ['web', 'web'],
      ['shared/all', 'shared/all'],
    ],
    bad: ['Web', 'acme/web', 'shared/', 'shared/All', 'shared/a/b', '/web'],
    refused: ['Web'],
  },
  {
    field: integer({ summary, min: 0, max: 1_000 }),
    good: [
      ['0', 0],
      ['1000', 1_000],
    ],
    bad: ['-1', '1001', '1.5', '1e2', '', ' 1', '0x10', '٣'],
    refused: [-1, 1_001, 'many', null],
  },
  {
    field: boolean({ summary }),
    good: [
      ['yes', 1],
      ['false', 0],
      ['ON', 1],
    ],
    bad: ['', 'perhaps', '2'],
    refused: [2, 'yes', null],
  },
  { field: choice({ summary, choices }), good: [['deny', 'deny']], bad: ['', 'DENY', 'refuse'], refused: ['refuse'] },
  { field: openChoice({ summary, choices }), good: [['deny', 'deny']], bad: ['', 'refuse'], refused: ['', null] },
  {
    field: duration({ summary, minMs: 10, maxMs: 60_000 }),
    good: [
      ['5s', 5_000],
      ['1.5s', 1_500],
      ['10ms', 10],
      ['1m', 60_000],
    ],
    bad: ['5', '9ms', '61s', '5 s', '-5s', '', '5parsecs'],
    refused: [9, 60_001, '5s', null],
  },
  {
    field: bytes({ summary, minBytes: 1_000 }),
    good: [
      ['10MB', 10_000_000],
      ['64KiB', 65_536],
      ['4096', 4_096],
    ],
    bad: ['999', '-1', 'big', '', '1.5.5MB'],
    refused: [999, 'big', null],
  },
  {
    field: list({ summary, item: methodKind }),
    good: [
      ['get,POST, get', 'GET,POST'],
      ['', ''],
    ],
    bad: ['GET POST', 'G=T', 'GET,1'],
    refused: [null],
  },
  {
    field: endpointUrl({ summary }),
    good: [
      ['http://127.0.0.1:9001', 'http://127.0.0.1:9001'],
      ['HTTPS://Api.Example:443/', 'https://api.example'],
      ['http://[::1]:80', 'http://[::1]'],
      ['http://Web.Internal:8080', 'http://web.internal:8080'],
      ['http://web.internal.', 'http://web.internal.'],
      ['srv+http://_web._tcp.Internal', 'srv+http://_web._tcp.internal'],
      ['SRV+https://web.service.consul/', 'srv+https://web.service.consul'],
    ],
    bad: [
      '',
      '127.0.0.1:9001',
      'ftp://a',
      'http://',
      'http:/a',
      'http:\\\\a',
      'http://a/b',
      'http://a?b',
      'http://a?',
      'http://a#',
      'http://u:p@a',
      'http://a:0',
      'http://a:65536',
      'http://a b',
      `http://${'a'.repeat(64)}`,
      `http://${'a.'.repeat(127)}a`,
      'http://a..b',
      "http://a'b",
      'srv+http://',
      'srv+http://_web._tcp.internal:8080',
      'srv+http://_web._tcp.internal/a',
      'srv+http://u@_web._tcp.internal',
      'srv+http://_web..internal',
      'srv+ftp://_web._tcp.internal',
      'srv+http:_web._tcp.internal',
    ],
    refused: ['a', 'ftp://a', 'http://', 'srv+http://', 'srv+ftp://a', null],
  },
  {
    field: list({ summary, item: dnsServerKind }),
    good: [
      ['10.0.0.2', '10.0.0.2:53'],
      ['127.0.0.1:8600,[2001:DB8::53]:54', '127.0.0.1:8600,[2001:db8::53]:54'],
      ['2001:db8::53', '[2001:db8::53]:53'],
    ],
    bad: ['dns.internal', '10.0.0.2:0', '10.0.0.2:65536', '10.0.0.256'],
    refused: [],
  },
  {
    field: filePath({ summary }),
    good: [
      ['/etc/mtlb/web.json', '/etc/mtlb/web.json'],
      ['/etc/../etc//web.json', '/etc/web.json'],
      ['web.json', join(process.cwd(), 'web.json')],
    ],
    bad: ['', ' ', '/', 'a\nb', '/'.padEnd(1_002, 'a')],
    refused: ['', 'web.json', '/', null],
  },
  {
    field: ipRange({ summary }),
    good: [
      ['203.0.113.0/24', '203.0.113.0/24'],
      ['203.0.113.7', '203.0.113.7/32'],
      ['2001:DB8:0::/32', '2001:db8::/32'],
      ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
      ['0.0.0.0/0', '0.0.0.0/0'],
    ],
    bad: ['', '203.0.113.7/24', '203.0.113.0/33', '1.2.3', '01.2.3.4', 'fe80::1%eth0'],
    refused: ['203.0.113.0', null],
  },
  {
    field: bind({ summary }),
    good: [
      ['0.0.0.0:8080', '0.0.0.0:8080'],
      ['[::]:0', '[::]:0'],
      ['[2001:DB8::1]:443', '[2001:db8::1]:443'],
    ],
    bad: ['', ':8080', '8080', 'localhost:8080', '0.0.0.0', '0.0.0.0:65536', '::1:80', '1.2.3:80', '0.0.0.0:-1'],
    refused: ['8080', null],
  },
  {
    field: hostName({ summary }),
    good: [
      ['API.Acme.Test.', 'api.acme.test'],
      ['*.Acme.Test', '*.acme.test'],
      ['münchen.test', 'xn--mnchen-3ya.test'],
      ['127.0.0.1', '127.0.0.1'],
      [`${label63}.test`, `${label63}.test`],
    ],
    bad: [
      '',
      '.',
      '*',
      '*.',
      'a.*.test',
      '*a.test',
      'a..test',
      '-a.test',
      'a-.test',
      'a_b.test',
      `${label63}a.test`,
      `${`${label63}.`.repeat(4)}test`,
      'a.test:80',
      'http://a.test',
      'a.test/x',
      '%61.test',
      'a b.test',
      '[::1]',
    ],
    refused: ['', 'A.test', null],
  },
  {
    field: rate({ summary }),
    good: [
      ['100/s', '100/s'],
      ['5000/min', '5000/m'],
      ['5/10s', '5/10s'],
      ['6/60s', '6/m'],
    ],
    bad: ['', '100', '0/s', '-1/s', '100/', '/s', '1/2/3', '10/fortnight', '1.5/s'],
    refused: ['0/s', '100', null],
  },
  {
    field: pathPrefix({ summary }),
    good: [
      ['/', '/'],
      ['/v1/', '/v1'],
      ['/a%20b/c', '/a%20b/c'],
    ],
    bad: ['', 'v1', '/a b', '/a?b', '/a#b', '//', '/a//b', '/a/../b', '/.', '/ä', '/%zz', '/a\\b'],
    refused: ['v1', null],
  },
  {
    field: time({ summary }),
    good: [['2026-11-20T12:00:00.000Z', Date.UTC(2026, 10, 20, 12)]],
    bad: ['', 'yesterday', '1795176000000', '2026-99-99'],
    refused: [-1, 'yesterday', null],
  },
  {
    field: json({ summary }),
    good: [['{"weight":4}', '{"weight":4}']],
    bad: ['', '[]', '4', 'null', '{'],
    refused: ['[]', 'x', null],
  },
  {
    field: bandwidth({ summary }),
    good: [
      ['10MB/s', 10_000_000],
      ['500kB/s', 500_000],
      ['1000B/s', 1_000],
      ['1KiB/s', 1_024],
    ],
    bad: ['', '10MB', '10/s', '10Mbit/s', '999B/s', '2TB/s', '10MB/min', '-1MB/s'],
    refused: [0, 999, 1e13],
  },
  {
    field: limitTarget({ summary }),
    good: [
      ['tenant', 'tenant'],
      ['route:api', 'route:api'],
      ['key:ci-2', 'key:ci-2'],
      ['tenant/client', 'tenant/client'],
      ['route:api/header:x-user', 'route:api/header:x-user'],
      ['key:ci/query:team', 'key:ci/query:team'],
    ],
    bad: [
      '',
      'tenants',
      'tenant/',
      'tenant/cookie:a',
      'tenant/header:',
      'tenant/header:X-User',
      'tenant/client/client',
      'route',
      'route:',
      'route:Api',
      'pool:web',
      'key:a b',
      `key:${label63}a`,
    ],
    refused: ['', 'route:', 'pool:web', null],
  },
  {
    field: jsonMatch({ summary }),
    good: [
      ['status=up', 'status=up'],
      [' checks.db.0.ok=a = b ', 'checks.db.0.ok=a = b'],
    ],
    bad: ['', 'status', '=up', 'status=', 'a..b=c', '.a=b', 'a b=c', 'a=\u001b', `a=${'x'.repeat(199)}`],
    refused: ['', 'status', '=up', 'status='],
  },
  {
    field: list({ summary, item: headerKind }),
    good: [
      ['X-Probe:  yes ', 'X-Probe: yes'],
      ['Authorization: Bearer abc, x-a:1', 'Authorization: Bearer abc,x-a: 1'],
      ['', ''],
    ],
    bad: ['nonsense', 'X Probe: yes', 'X-Probe:', 'X: ä', 'X: a\u0007b', 'Host: acme.test', 'content-length: 3', ': a'],
    refused: [null],
  },
  {
    field: hashSource({ summary }),
    good: [
      ['header:X-User', 'header:x-user'],
      ['cookie:Session.id', 'cookie:Session.id'],
      ['query:user[id]', 'query:user[id]'],
      ['path', 'path'],
      ['tenant', 'tenant'],
      ['key', 'key'],
    ],
    bad: [
      '',
      'header',
      'header:',
      'header:x user',
      'header:x:y',
      'header:ä',
      'cookie:a=b',
      'query:a&b',
      'path:',
      'path:/',
      'Key',
    ],
    refused: ['', null],
  },
  {
    field: factor({ summary, minPercent: 101, maxPercent: 1_000 }),
    good: [
      ['1.25', 125],
      ['2', 200],
      ['1.10', 110],
    ],
    bad: ['', '1', '0.5', '1.255', '11', 'x', '1,5', '-2', '1e1'],
    refused: [100, 1_001, 'x', null],
  },
  {
    field: percent({ summary }),
    good: [
      ['70%', 70],
      ['0', 0],
      ['100%', 100],
    ],
    bad: ['', '101', '-1', '7.5%', '%', 'x', '1e1', '0070'],
    refused: [-1, 101, 'x', null],
  },
  {
    field: optional(integer({ summary, min: 1 })),
    good: [
      ['7', 7],
      ['', null],
    ],
    bad: ['0', 'none'],
    refused: [0],
  },
  {
    field: list({ summary, item: splitKind }),
    good: [
      ['web=95,canary=5', 'web=95,canary=5'],
      ['web=100, shared/all=0', 'web=100,shared/all=0'],
      ['web=007', 'web=7'],
      ['', ''],
    ],
    bad: ['web', 'web=', '=5', 'web=-1', 'web=1000001', 'Web=5', 'web=5%', 'web=1=2', 'other/web=5'],
    refused: [],
  },
  {
    field: list({ summary, item: requestMatchKind }),
    good: [
      ['header:X-Beta', 'header:x-beta'],
      ['cookie:group=beta,query:v=2*', 'cookie:group=beta,query:v=2*'],
      ['header:User-Agent=Mozilla/5.0 (X11*', 'header:user-agent=Mozilla/5.0 (X11*'],
      ['query:a=b=c', 'query:a=b=c'],
      ['', ''],
    ],
    bad: ['X-Beta', 'header:', 'path=/x', 'header:a b', 'cookie:a=', 'cookie:a= b', 'key=1'],
    refused: [],
  },
  {
    field: mirror({ summary }),
    good: [
      ['canary=10%', 'canary=10%'],
      ['canary', 'canary=100%'],
      ['shared/all=0.5%', 'shared/all=0.5%'],
    ],
    bad: ['', 'canary=10', 'canary=101%', '=5%', 'Canary=5%', 'canary=5%%'],
    refused: ['', 'x'.repeat(81)],
  },
  {
    field: pathRegex({ summary }),
    good: [
      ['/v[0-9]+/users/.*', '/v[0-9]+/users/.*'],
      ['(?i)/a|/b', '(?i)/a|/b'],
    ],
    bad: ['', '(', '(?=x)', String.raw`(a)\1`, '[z-a]', 'x'.repeat(201)],
    refused: ['', 'x'.repeat(201)],
  },
  {
    field: splitSource({ summary }),
    good: [
      ['request', 'request'],
      ['client', 'client'],
      ['key', 'key'],
      ['cookie:session', 'cookie:session'],
      ['header:X-User', 'header:x-user'],
      ['query:user', 'query:user'],
    ],
    bad: ['', 'path', 'tenant', 'cookie', 'cookie:', 'header:a b', 'session'],
    refused: [''],
  },
  {
    field: headerMatch({ summary }),
    good: [
      ['X-Canary=1', 'X-Canary=1'],
      ['x=a b=c', 'x=a b=c'],
    ],
    bad: ['', 'X-Canary', 'X-Canary=', '=1', 'X Canary=1', 'X-Canary= 1', 'X-Canary=1 '],
    refused: ['', 'x', '='],
  },
  {
    field: list({ summary, item: quotaKind }),
    good: [
      ['1000000/month', '1000000/month'],
      ['10000MB/day,7200s/week', '10GB/day,2h/week'],
      ['500/300m', '500/5h'],
      ['5/hour, 2/minute', '5/1h,2/1m'],
      ['1M/month', '1000000/month'],
      ['1m/month', '1m/month'],
      ['9000TB/month', '9000TB/month'],
      ['', ''],
    ],
    bad: [
      '100',
      '0/day',
      '5/',
      '/day',
      '5/year',
      '5/0',
      '5/32d',
      '5/999ms',
      '-1/day',
      '1.5/day',
      '5/day/week',
      '9001TB/day',
    ],
    refused: [],
  },
  {
    field: timeZone({ summary, default: 'UTC' }),
    good: [
      ['UTC', 'UTC'],
      ['europe/berlin', 'Europe/Berlin'],
    ],
    bad: ['', 'Berlin', '+02:00', 'Europe/Berlin ', 'x'.repeat(65), '../etc/localtime'],
    refused: ['', 'x'.repeat(65), null],
  },
  {
    field: list({ summary, item: tierKind }),
    good: [
      ['0.40/1M', '0.4/1M'],
      ['1/1000,10M:0.30/1000000', '1/1k,10M:0.3/1M'],
      ['0.090/1000MB, 10TB:0.05/1GB', '0.09/1GB,10TB:0.05/1GB'],
      ['1.20/60m', '1.2/1h'],
      ['0/1', '0/1'],
    ],
    bad: ['0.4', '/1M', '-1/1M', '1e3/1', '0.4/0', '0.4/1M/2', '1GB:0.4/1M', 'x:1/1', '0.1234567891/1', '1/-1'],
    refused: [],
  },
  {
    field: priceName({ summary }),
    good: [
      ['requests@2026-12-01', 'requests@2026-12-01'],
      ['bytes-out@2028-02-29/gold', 'bytes-out@2028-02-29/gold'],
    ],
    bad: [
      '',
      'requests',
      'requests@',
      'cpu@2026-12-01',
      'requests@2026-02-29',
      'requests@2026-12-01/',
      'requests@2026-12-1',
    ],
    refused: ['', 'requests', null],
  },
  {
    field: currency({ summary, default: 'USD' }),
    good: [
      ['EUR', 'EUR'],
      ['jpy', 'JPY'],
    ],
    bad: ['', 'EURO', 'XYZ', '€'],
    refused: ['', 'eur', null],
  },
]
