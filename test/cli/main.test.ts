import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { request } from '../support/request.ts'
import { callCli, runCli, startCli } from '../support/run-cli.ts'
import { tempFolder } from '../support/temp-store.ts'

test('the process answers with its exit code, data on stdout and words on stderr', async (t) => {
  const data = tempFolder(t)
  const added = await runCli(['key', 'add', 'acme/ci'], { data })
  assert.deepEqual(added, {
    code: 3,
    signal: null,
    stdout: '',
    stderr: "mtlb: tenant 'acme' does not exist\n  See 'mtlb tenant list'.\n",
  })
  assert.match((await runCli(['--version'], { data })).stdout, /^mtlb \d+\.\d+\.\d+\n$/)
})

test('a closed pipe ends quietly with 0', async (t) => {
  const child = startCli(['help'], { data: tempFolder(t) })
  child.stdout.destroy()
  let stderr = ''
  child.stderr.on('data', (text) => (stderr += text))
  const [code] = await once(child, 'close')
  assert.deepEqual([code, stderr], [0, ''])
})

test('output that nobody can keep is a failure, not a bug', async (t) => {
  const readOnly = openSync('/dev/null', 'r')
  t.after(() => closeSync(readOnly))
  const main = new URL('../../src/cli/main.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [main, 'help'], { stdio: ['ignore', readOnly, 'pipe'] })
  let stderr = ''
  child.stderr?.on('data', (text) => (stderr += text))
  const [code] = await once(child, 'close')
  assert.equal(code, 1)
  assert.match(stderr, /^mtlb: the output cannot be written: EBADF.*\n$/)
})

test('an interrupt ends a command that waits with 130', async (t) => {
  const data = tempFolder(t)
  await callCli(['tenant', 'add', 'acme'], { data })
  const follower = startCli(['logs', '--follow', '--tenant', 'acme'], { data })
  t.after(() => follower.kill('SIGKILL'))
  const said = collect(follower.stderr)
  await eventually(() => said().includes('Ctrl-C ends it'))
  follower.kill('SIGINT')
  assert.deepEqual(await once(follower, 'exit'), [130, null])
})

test('what nobody expected is one line and 70', async (t) => {
  const boom = 'data:text/javascript,setTimeout(() => { throw Error(42) }, 50)'
  const options = { data: tempFolder(t), env: { NODE_OPTIONS: `--import=${boom.replaceAll(' ', '%20')}` } }
  await callCli(['tenant', 'add', 'acme'], options)
  const { code, stderr } = await runCli(['logs', '--follow', '--quiet'], options)
  assert.equal(code, 70)
  assert.match(stderr, /^mtlb: 42: this is a bug in mtlb; please report it.*\n$/)
})

test('serve says where it listens, refuses a second one, and drains on SIGTERM', async (t) => {
  const data = tempFolder(t)
  await callCli(['listener', 'set', 'main', '--bind', '127.0.0.1:0'], { data })
  const server = startCli(['serve', '--threads', '1', '--drain', '1s'], { data, env: { MTLB_LOG: 'warn' } })
  t.after(() => server.kill('SIGKILL'))
  const said = collect(server.stdout)
  const port = Number(await eventually(() => /listener 'main' accepts on 127\.0\.0\.1:(\d+)/.exec(said())?.[1]))
  assert.equal((await request(port)).status, 404)
  const second = await runCli(['serve'], { data })
  assert.equal(second.code, 5)
  assert.match(second.stderr, /^mtlb: .*\n/)
  server.kill('SIGTERM')
  assert.deepEqual(await once(server, 'exit'), [0, null])
})

test('the demo serves what it prints and leaves nothing behind', async (t) => {
  const demo = startCli(['demo', '--port', '0'], { data: tempFolder(t) })
  t.after(() => demo.kill('SIGKILL'))
  const said = collect(demo.stdout)
  await eventually(() => said().includes('Ctrl-C ends it.'), 10_000)
  const lines = said()
    .split('\n')
    .filter((line) => line.startsWith('curl '))
  const statuses = await Promise.all(lines.map(async (line) => (await askAsPrinted(line)).status))
  assert.deepEqual(statuses, [200, 200, 200, 401, 401, 403])
  const folder = /--data (\S+) status/.exec(said())?.[1] ?? ''
  assert.ok(existsSync(folder))
  demo.kill('SIGINT')
  assert.deepEqual(await once(demo, 'exit'), [0, null])
  assert.ok(!existsSync(folder))
})

test('the demo does not pose as the program that has its port', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.after(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const { code, stdout, stderr } = await runCli(['demo', '--port', `${port}`], { data: tempFolder(t) })
  assert.deepEqual([code, stdout], [5, ''])
  assert.equal(stderr, `mtlb: port ${port} is in use\n  Take a free one: 'mtlb demo --port 0'.\n`)
})

function askAsPrinted(line: string) {
  const headers = Object.fromEntries(
    Array.from(line.matchAll(/-H '([^:]+): ([^']+)'/g), ([, name, value]) => [name, value]),
  )
  const [, port, path] = /http:\/\/127\.0\.0\.1:(\d+)(\S*)/.exec(line) ?? []
  const { Host: host, ...rest } = headers
  return request(Number(port), { path, host, headers: rest })
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (part) => (text += part))
  return () => text
}
