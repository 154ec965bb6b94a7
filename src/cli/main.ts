import { readVersion } from './version.ts'

// The entry of bin/mtlb. It knows one answer by heart and loads the rest only when it is needed.
process.stdout.on('error', endQuietlyOnClosedPipe)
process.stderr.on('error', endQuietlyOnClosedPipe)
process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-V') {
    process.stdout.write(`mtlb ${readVersion()}\n`)
    return 0
  }
  const [{ run }, { createSurroundings }] = await Promise.all([import('./run.ts'), import('./create-surroundings.ts')])
  return run(argv, createSurroundings())
}

function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
}
