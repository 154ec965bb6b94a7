import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { request } from './request.ts'
import type { TestRequest } from './request.ts'
import type { Origin, OriginRequest } from './start-origin.ts'

/** One request, what its client must get, and what the endpoint must have seen of it. */
export interface Scenario {
  readonly name: string
  readonly request: TestRequest
  readonly expect: {
    readonly status: number
    /** Of a refusal: its problem document is checked too. */
    readonly code?: string
    /** Fields in lower case; undefined means that there is none. */
    readonly headers?: Readonly<Record<string, string | RegExp | undefined>>
    /** What the endpoint saw. */
    readonly sent?: {
      readonly method?: string
      readonly path?: string
      readonly body?: string
      readonly headers?: Readonly<Record<string, string | RegExp | undefined>>
    }
  }
  /** Default: 0 for a refusal, else 1. */
  readonly expectEndpointCalls?: number
}

/** Runs them one after the other, each as a test of its own; calls are counted over all origins. */
export async function runScenarios(
  t: TestContext,
  target: { readonly port: number; readonly origins: readonly Origin[] },
  scenarios: readonly Scenario[],
): Promise<void> {
  for (const scenario of scenarios) await t.test(scenario.name, () => runScenario(target, scenario))
}

async function runScenario(
  { port, origins }: { readonly port: number; readonly origins: readonly Origin[] },
  { request: wanted, expect, expectEndpointCalls = expect.code === undefined ? 1 : 0 }: Scenario,
): Promise<void> {
  const before = origins.map((origin) => origin.requests.length)
  const answer = await request(port, wanted)
  const calls = origins.flatMap((origin, index) => origin.requests.slice(before[index]))
  assert.equal(answer.status, expect.status, answer.body)
  if (expect.code !== undefined) assertProblem(answer, expect.code)
  assertFields(answer.headers, expect.headers)
  assert.equal(calls.length, expectEndpointCalls, 'calls to the endpoint')
  if (expect.sent !== undefined) assertSent(calls[0], expect.sent)
}

/** RFC 9457. */
export function assertProblem(answer: { headers: NodeJS.Dict<string | string[]>; body: string }, code: string): void {
  assert.equal(answer.headers['content-type'], 'application/problem+json')
  const problem = JSON.parse(answer.body) as Record<string, unknown>
  assert.equal(problem.code, code)
  assert.equal(typeof problem.title, 'string')
  assert.equal(typeof problem.detail, 'string')
  assert.equal(problem.request_id, answer.headers['x-request-id'])
}

function assertSent(sent: OriginRequest, expected: NonNullable<Scenario['expect']['sent']>): void {
  const { headers, ...rest } = expected
  for (const [property, value] of Object.entries(rest)) {
    assert.equal(sent[property as keyof typeof rest], value, property)
  }
  assertFields(sent.headers, headers)
}

function assertFields(
  fields: NodeJS.Dict<string | string[]>,
  expected: Readonly<Record<string, string | RegExp | undefined>> = {},
): void {
  for (const [name, value] of Object.entries(expected)) {
    if (value instanceof RegExp) assert.match(String(fields[name]), value, name)
    else assert.equal(fields[name], value, name)
  }
}
