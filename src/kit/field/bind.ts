import { parseAddress, renderAddress } from '../ip.ts'
import { createField, createMismatch, textKind } from './field.ts'
import type { FieldKind, FieldOptions } from './field.ts'

export interface Bind {
  readonly address: string
  /** 0 lets the kernel choose. */
  readonly port: number
}

/** Where to listen: `0.0.0.0:8080`, `[::]:8080`. */
export function bind<const Options extends FieldOptions<string>>(options: Options) {
  return createField<string, Options>(options, bindKind)
}

/** Undefined when the text is no numeric address with a port. */
export function parseBind(text: string): Bind | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):(\d{1,5})$/i.exec(text)
  if (match === null) return undefined
  const address = parseAddress(match[1] ?? match[2])
  const port = Number(match[3])
  if (address === undefined || port > 65_535) return undefined
  return { address: renderAddress(address), port }
}

/** `parseBind` reads it back: a v6 address stands in brackets. */
export function renderBind({ address, port }: Bind): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

const bindKind: FieldKind<string> = {
  ...textKind,
  kind: 'bind',
  valueName: 'address:port',
  check: (column) => `${column} GLOB '?*:[0-9]*'`,
  parse(text, label) {
    const parsed = parseBind(text)
    if (parsed !== undefined) return renderBind(parsed)
    throw createMismatch(label, text, "an address and port like '0.0.0.0:8080' or '[::]:8080'", suggestBind(text))
  },
}

function suggestBind(text: string): string | undefined {
  const port = /^(?:\*?:|localhost:)?(\d{1,5})$/.exec(text)?.[1]
  if (port === undefined || Number(port) > 65_535) return undefined
  return `Use '${text.startsWith('localhost') ? '127.0.0.1' : '0.0.0.0'}:${port}'.`
}
