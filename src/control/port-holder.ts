import { readdir, readFile, readlink } from 'node:fs/promises'

export interface PortHolder {
  readonly pid: number
  readonly program: string
}

/** Who listens on a TCP port, as far as this user may see: Linux only, and other users' processes only as root. */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  try {
    const inodes = (await readTables()).flatMap((table) => listeningInodes(table, port))
    if (inodes.length === 0) return undefined
    const pid = await findSocketOwner(new Set(inodes.map((inode) => `socket:[${inode}]`)))
    if (pid === undefined) return undefined
    const program = await readFile(`/proc/${pid}/comm`, 'utf8')
    return { pid, program: program.trim() }
  } catch {
    // Best effort: a process may end while it is looked at.
    return undefined
  }
}

/** Whether nobody at all listens on a TCP port, on any address; false also where the kernel does not say. */
export async function isPortQuiet(port: number): Promise<boolean> {
  const tables = await readTables()
  return tables[0] !== '' && tables.every((table) => listeningInodes(table, port).length === 0)
}

/** IPv4 first; empty where there is none. */
function readTables(): Promise<string[]> {
  return Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'latin1').catch(() => '')))
}

const listenState = '0A'

/** `/proc/net/tcp`: slot, local address:port, remote address:port, state, queues, timer, retransmits, user, timeout, inode. */
export function listeningInodes(table: string, port: number): string[] {
  const portHex = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/))
  return rows
    .filter((fields) => fields[3] === listenState && fields[1]?.endsWith(`:${portHex}`))
    .map((fields) => fields[9])
    .filter((inode) => inode !== undefined && inode !== '0')
}

async function findSocketOwner(links: ReadonlySet<string>): Promise<number | undefined> {
  const processes = await readdir('/proc')
  for (const process of processes) {
    if (/^\d+$/.test(process) && (await hasOpen(process, links))) return Number(process)
  }
  return undefined
}

async function hasOpen(process: string, links: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${process}/fd`
  const files = await readdir(folder).catch(() => [])
  const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')))
  return targets.some((target) => links.has(target))
}
