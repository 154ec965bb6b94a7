import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort, startServer } from './children.ts'
import type { Competitor } from './competitor.ts'

/** A proxy from npm: `peers/NAME.js`, run with two ports as its arguments, under the Node.js that runs mtlb. */
export function createNodePeer(name: string, packageName: string, cannot: Competitor['cannot'] = {}): Competitor {
  return {
    name,
    summary: `${packageName}, bare: relays, and nothing else; connections kept, one process on the same Node.js`,
    hasKeys: false,
    cannot,
    needs: ['npm peers'],
    readVersion: () => `${packageName} ${readPackageVersion(packageName)}`,
    start: async (_folder, originPort) => {
      const port = await findFreePort()
      const script = join(import.meta.dirname, 'peers', `${name}.js`)
      const command = [process.execPath, '--no-deprecation', script, String(port), String(originPort)]
      return { port, ...(await startServer({ command, port, env: { NODE_ENV: 'production' } })) }
    },
  }
}

function readPackageVersion(packageName: string): string {
  const path = join(import.meta.dirname, 'node_modules', packageName, 'package.json')
  return String(JSON.parse(readFileSync(path, 'utf8')).version)
}
