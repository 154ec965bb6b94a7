import { createServer } from 'node:net'
import { renderBind } from '../kit/field/bind.ts'
import type { ListenerSnapshot } from '../snapshot/global-snapshot.ts'
import { findPortHolder, isPortQuiet } from './port-holder.ts'

/** Why an address cannot be listened on. */
export interface ListenFailure {
  readonly code: string
  readonly message: string
}

/**
 * Whether somebody else holds the address. Our data threads share their port through `reusePort`, and so they would also
 * share it with any other program of this user that does the same, such as another mtlb. Where the kernel's table does
 * not settle it, the address is listened on for a moment without `reusePort`; a client that connects then is reset.
 */
export async function probeAddress(listener: ListenerSnapshot): Promise<ListenFailure | undefined> {
  if (listener.port === 0 || (await isPortQuiet(listener.port))) return undefined
  const code = await tryListen(listener)
  return code === undefined ? undefined : explainFailure(listener, code)
}

/** What the operator needs to know about a failed `listen`, from its error code. */
export async function explainFailure(listener: ListenerSnapshot, code: string): Promise<ListenFailure> {
  const bind = renderBind(listener)
  if (code === 'EADDRINUSE') return { code, message: `${bind} is in use by ${await nameHolder(listener.port)}` }
  return { code, message: explanations[code]?.(bind) ?? `cannot listen on ${bind}: ${code}` }
}

async function nameHolder(port: number): Promise<string> {
  const holder = await findPortHolder(port)
  if (holder === undefined) return 'another program'
  return holder.pid === process.pid ? 'this server itself' : `${holder.program} (pid ${holder.pid})`
}

const explanations: Record<string, (bind: string) => string> = {
  EACCES: (bind) => `not allowed to listen on ${bind}: a port below 1024 needs the capability CAP_NET_BIND_SERVICE`,
  EADDRNOTAVAIL: (bind) => `cannot listen on ${bind}: this machine does not have that address`,
}

function tryListen({ address, port }: ListenerSnapshot): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ host: address, port, reusePort: false }, () => server.close(() => resolve(undefined)))
  })
}
