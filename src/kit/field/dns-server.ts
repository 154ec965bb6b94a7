import { parseAddress, renderAddress } from '../ip.ts'
import { parseBind, renderBind } from './bind.ts'
import { createMismatch, textKind } from './field.ts'
import type { FieldKind } from './field.ts'

const dnsPort = 53

/** A name server: `10.0.0.2:53`, `[2001:db8::53]:53`; the port may be left out. */
export const dnsServerKind: FieldKind<string> = {
  ...textKind,
  kind: 'name server',
  valueName: 'address',
  parse(text, label) {
    const address = parseAddress(text)
    const parsed = address === undefined ? parseBind(text) : { address: renderAddress(address), port: dnsPort }
    if (parsed !== undefined && parsed.port > 0) return renderBind(parsed)
    throw createMismatch(label, text, "the address of a name server like '10.0.0.2' or '127.0.0.1:8600'")
  },
}
