import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

/** An origin: `http://127.0.0.1:9001`. Only scheme, host and port; a default port is left out. */
export function endpointUrl<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, endpointUrlKind)
}

const endpointUrlKind: FieldKind<string> = {
  ...textKind,
  kind: 'url',
  valueName: 'url',
  check: (column) => `${column} GLOB 'http://?*' OR ${column} GLOB 'https://?*'`,
  parse(text, label) {
    const url = parseOrigin(text)
    if (url === undefined) throw createMismatch(label, text, "a URL like 'http://127.0.0.1:9001'", suggestScheme(text))
    const extra = nameExtra(url)
    if (extra === undefined) return url.origin
    throw createMismatch(label, text, `only scheme, host and port: it has ${extra}`, `Use '${url.origin}'.`)
  },
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
