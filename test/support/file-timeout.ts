/**
 * Loaded into every test process (`node --import`): ends a file that is still running after a minute and says what
 * keeps it alive, so that a leaked socket or thread fails the suite instead of hanging it.
 */
const limitMs = 60_000

// The runner loads this module too; only the processes it starts have the variable.
if (process.env.NODE_TEST_CONTEXT !== undefined) setTimeout(giveUp, limitMs).unref()

function giveUp(): void {
  const held = process.getActiveResourcesInfo().join(', ')
  process.stderr.write(`test file still running after ${limitMs / 1_000} s; it is kept alive by: ${held}\n`)
  process.exit(1)
}
