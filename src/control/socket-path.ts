import { join } from 'node:path'
import { UserError } from '../kit/user-error.ts'

/** `sun_path` holds 108 bytes on Linux with its closing zero, and 104 on macOS. */
const longestPathBytes = process.platform === 'darwin' ? 103 : 107

/** Where commands reach the server of a data folder. Throws UserError when the kernel takes no path that long. */
export function socketPath(folder: string): string {
  const path = findSocketPath(folder)
  if (path !== undefined) return path
  throw new UserError(
    'usage',
    `the path of the data folder '${folder}' is too long for a socket in it: ${longestPathBytes} bytes are allowed`,
    'Name a shorter folder with --data, or a symbolic link to it.',
  )
}

/** Undefined when the path would be too long: then no server runs there. */
export function findSocketPath(folder: string): string | undefined {
  const path = join(folder, 'mtlb.sock')
  return Buffer.byteLength(path) <= longestPathBytes ? path : undefined
}
