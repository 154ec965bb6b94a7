/** `npm run bench [-- WORD …]`: words name competitors and trials; without any, all of them take part. */
import { parseArguments } from './arguments.ts'
import { compare } from './compare.ts'
import { competitors } from './competitors/index.ts'
import { trials } from './trials/index.ts'
import { writePage } from './write-page.ts'

// Where Debian puts servers, and an ordinary user does not look.
process.env.PATH += ':/usr/sbin'

try {
  const names = [...competitors, ...trials].map(({ name }) => name)
  const given = parseArguments(process.argv.slice(2), names)
  if (given.isRendering) writePage(given.words)
  else process.exitCode = (await compare(given)) ? 0 : 1
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 2
}
