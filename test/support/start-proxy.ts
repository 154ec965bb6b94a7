import type { TestContext } from 'node:test'
import { startServer } from './start-server.ts'
import type { StartOptions, TestServer } from './start-server.ts'
import { writeConfig } from './write-config.ts'
import type { TestConfig } from './write-config.ts'

/** A whole server that serves this configuration; one data thread unless a test is about several. */
export function startProxy(t: TestContext, config: TestConfig, options: StartOptions = {}): Promise<TestServer> {
  return startServer(t, {
    threads: 1,
    config: (writer) => writeConfig(writer, config),
    ...options,
  })
}
