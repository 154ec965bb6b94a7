import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

export type ToolName = 'nginx' | 'nginx-lua' | 'haproxy' | 'wrk' | 'npm peers'

/** Debian's modules for Lua within nginx. */
export const luaModules: readonly string[] = ['ndk_http_module.so', 'ngx_http_lua_module.so'].map(
  (name) => `/usr/lib/nginx/modules/${name}`,
)

interface Tool {
  readonly isThere: () => boolean
  readonly install: string
}

const tools: Readonly<Record<ToolName, Tool>> = {
  nginx: { isThere: () => canRun('nginx'), install: 'apt-get install nginx' },
  'nginx-lua': { isThere: () => luaModules.every(existsSync), install: 'apt-get install libnginx-mod-http-lua' },
  haproxy: { isThere: () => canRun('haproxy'), install: 'apt-get install haproxy' },
  wrk: { isThere: () => canRun('wrk'), install: 'apt-get install wrk' },
  'npm peers': { isThere: installPeers, install: 'npm ci --prefix bench' },
}

/** What is not on the machine and how it comes there, in the words of Debian; undefined when all of it is there. */
export function findMissing(names: readonly ToolName[]): string | undefined {
  const missing = names.filter((name) => !tools[name].isThere())
  if (missing.length === 0) return undefined
  return `${missing.join(' and ')} not found: ${missing.map((name) => tools[name].install).join(' && ')}`
}

export function readWrkVersion(): string {
  return spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout.split(' ')[1]
}

export function readLuaModuleVersion(): string {
  const query = ['-f', '${Version}', '-W', 'libnginx-mod-http-lua']
  const { stdout, status } = spawnSync('dpkg-query', query, { encoding: 'utf8' })
  return status === 0 ? stdout : 'unknown'
}

function canRun(command: string): boolean {
  return spawnSync(command, ['-v']).error === undefined
}

/** The bench brings its npm peers along: what its lockfile says is installed where it is not yet. */
function installPeers(): boolean {
  const cwd = import.meta.dirname
  const installed = statSync(join(cwd, 'node_modules/.package-lock.json'), { throwIfNoEntry: false })
  if (installed !== undefined && installed.mtimeMs >= statSync(join(cwd, 'package-lock.json')).mtimeMs) return true
  console.error('bench: installing the peers that come from npm')
  return spawnSync('npm', ['ci', '--ignore-scripts'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}
