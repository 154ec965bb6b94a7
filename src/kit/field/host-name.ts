import { domainToASCII } from 'node:url'
import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

/** `api.acme.test` or `*.acme.test`: case-folded, international names as ASCII (RFC 5891), without a closing dot. */
export function hostName<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, hostNameKind)
}

const hostNameKind: FieldKind<string> = {
  ...textKind,
  kind: 'host',
  valueName: 'host',
  check: (column) => `length(${column}) BETWEEN 1 AND 253 AND ${column} = lower(${column})`,
  parse(text, label) {
    const name = foldHostName(text)
    if (name === undefined)
      throw createMismatch(label, text, "a name like 'api.acme.test' or '*.acme.test'", mend(text))
    return name
  },
}

function foldHostName(text: string): string | undefined {
  const isWildcard = text.startsWith('*.')
  const rest = (isWildcard ? text.slice(2) : text).replace(/\.$/, '')
  // `domainToASCII` reads what follows as the end of a name or as escapes.
  if (rest === '' || /[\s\p{Cc}%/\\?#@:*[\]]/u.test(rest)) return undefined
  const ascii = domainToASCII(rest)
  if (!ascii.split('.').every(isLabel)) return undefined
  const name = isWildcard ? `*.${ascii}` : ascii
  return name.length <= 253 ? name : undefined
}

/** Letters, digits and inner hyphens, 63 at most (RFC 1123 section 2.1). */
function isLabel(label: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label)
}

function mend(text: string): string | undefined {
  if (text.includes('*')) return "A '*' stands alone for the first label: '*.acme.test'."
  const bare = text.replace(/^[a-z]+:\/\//i, '').replace(/[:/?#].*$/s, '')
  const name = bare === text ? undefined : foldHostName(bare)
  return name === undefined ? undefined : `Use '${name}': no scheme, port or path.`
}
