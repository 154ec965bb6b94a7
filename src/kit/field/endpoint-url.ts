import { parseAddress } from '../ip.ts'
import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

/**
 * Where requests go: an origin with an address or a name, `http://127.0.0.1:9001`, or a service whose hosts and ports are found
 * in DNS, `srv+http://_web._tcp.internal`. A default port is left out.
 */
export function endpointUrl<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, endpointUrlKind)
}

/** The parts of an endpoint's URL. */
export interface EndpointUrl {
  readonly isTls: boolean
  /** An address without brackets, a name, or the name of a service. */
  readonly host: string
  readonly kind: 'address' | 'name' | 'service'
  /** Of a service 0: DNS knows. */
  readonly port: number
}

/** Of one that `parse` has let through. */
export function splitEndpointUrl(url: string): EndpointUrl {
  if (url.startsWith(servicePrefix)) {
    const [scheme, host] = url.slice(servicePrefix.length).split('://')
    return { isTls: scheme === 'https', host, kind: 'service', port: 0 }
  }
  const { protocol, hostname, port } = new URL(url)
  const isTls = protocol === 'https:'
  // The brackets around a v6 address belong to the URL, not to the address.
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  const kind = parseAddress(host) === undefined ? 'name' : 'address'
  return { isTls, host, kind, port: port === '' ? (isTls ? 443 : 80) : Number(port) }
}

/** `splitEndpointUrl` takes it apart; the default port of the scheme is left out. */
export function renderEndpointUrl({ isTls, host, port }: Omit<EndpointUrl, 'kind'>): string {
  return `${isTls ? 'https' : 'http'}://${renderAuthority({ isTls, host, port })}`
}

/** What the Host field says of it (RFC 9110 section 7.2): `web.internal:8080`, `[::1]`. */
export function renderAuthority({ isTls, host, port }: Omit<EndpointUrl, 'kind'>): string {
  const name = host.includes(':') ? `[${host}]` : host
  return port === (isTls ? 443 : 80) ? name : `${name}:${port}`
}

const servicePrefix = 'srv+'

const endpointUrlKind: FieldKind<string> = {
  ...textKind,
  kind: 'url',
  valueName: 'url',
  check: (column) =>
    ['http', 'https', 'srv+http', 'srv+https'].map((scheme) => `${column} GLOB '${scheme}://?*'`).join(' OR '),
  parse(text, label) {
    if (/^srv\+/i.test(text)) return parseService(text, label)
    const url = parseOrigin(text)
    if (url === undefined) throw createMismatch(label, text, "a URL like 'http://127.0.0.1:9001'", suggestScheme(text))
    const extra = nameExtra(url)
    if (extra !== undefined) {
      throw createMismatch(label, text, `only scheme, host and port: it has ${extra}`, `Use '${url.origin}'.`)
    }
    const { host, kind } = splitEndpointUrl(url.origin)
    if (kind === 'name' && !isName(host)) throw createMismatch(label, text, 'a URL with the name of a host')
    return url.origin
  },
}

/** RFC 2782: `_web._tcp.internal`. */
function parseService(text: string, label: string): string {
  const [, scheme, name, rest] = /^(srv\+https?):\/\/([^/:?#@]*)(.*)$/i.exec(text) ?? []
  if (scheme === undefined) throw createMismatch(label, text, "a URL like 'srv+http://_web._tcp.internal'")
  if (rest !== '' && rest !== '/') {
    const url = `${scheme}://${name}`.toLowerCase()
    throw createMismatch(label, text, `only scheme and name: ports are found in DNS`, `Use '${url}'.`)
  }
  if (!isName(name)) throw createMismatch(label, text, 'a URL with the name of a service')
  return `${scheme}://${name}`.toLowerCase()
}

/** RFC 1035 section 2.3.4, with underscores (RFC 2782). A last dot says that it is whole. */
function isName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/i.test(name)
}

/** The URL standard mends backslashes, missing slashes and line breaks; here they are mistakes. */
function parseOrigin(text: string): URL | undefined {
  if (!/^https?:\/\/[^\\\s]+$/i.test(text)) return undefined
  const url = URL.parse(text)
  return url === null || url.port === '0' ? undefined : url
}

function nameExtra(url: URL): string | undefined {
  if (url.username !== '' || url.password !== '') return 'a user or password'
  if (url.pathname !== '/') return `the path '${url.pathname}'`
  if (url.search !== '' || url.href.includes('?')) return 'a query'
  if (url.hash !== '' || url.href.includes('#')) return 'a fragment'
  return undefined
}

function suggestScheme(text: string): string | undefined {
  if (text.includes('://')) return undefined
  const url = parseOrigin(`http://${text}`)
  return url === undefined ? undefined : `Use '${url.origin}'.`
}
