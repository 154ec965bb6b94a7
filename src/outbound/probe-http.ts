import http from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import https from 'node:https'
import { splitHeader } from '../kit/field/header.ts'
import { findJsonMismatch } from '../kit/field/json-match.ts'
import { statusMatches } from '../kit/field/status-range.ts'
import type { Probe, ProbePlan } from './probe.ts'

/** Of a body, so much is looked through. */
const mostBodyBytes = 64 * 1_024

/**
 * One request, on a connection that serves nothing else (RFC 9112 section 9.6). With Node's own client a check costs half of what
 * it does with undici, which is made for connections that are kept.
 */
export const probeHttp: Probe = ({ isTls, host, port }, plan, course) =>
  new Promise((resolve, reject) => {
    const request = (isTls ? https : http).request({
      host,
      port,
      method: plan.method,
      path: plan.path,
      headers: renderHeaders(plan),
      agent: false,
    })
    course.onPassed = () => request.destroy(new Error('too late'))
    request.on('error', reject)
    request.on('socket', (socket) => {
      socket.once(isTls ? 'secureConnect' : 'connect', () => (course.connectUs = course.elapsedUs))
    })
    request.on('response', (response) => {
      course.answerUs = course.elapsedUs
      judge(request, response, plan).then(resolve, reject)
    })
    request.end()
  })

function renderHeaders({ host, headers }: ProbePlan): Record<string, string> {
  const own = { 'User-Agent': 'mtlb-health', ...(host === undefined ? {} : { Host: host }) }
  return headers.length === 0 ? own : { ...own, ...Object.fromEntries(headers.map(splitHeader)) }
}

async function judge(request: ClientRequest, response: IncomingMessage, plan: ProbePlan): Promise<string | undefined> {
  try {
    const { statusCode = 0 } = response
    if (!plan.statuses.some((range) => statusMatches(range, statusCode))) {
      return `status ${statusCode} is not in ${plan.statuses.join(',')}`
    }
    if (plan.body === undefined && plan.json === undefined) return undefined
    const body = await readStart(response)
    if (plan.body !== undefined && !body.includes(plan.body)) return `the body lacks '${plan.body}'`
    return plan.json === undefined ? undefined : findJsonMismatch(body, plan.json)
  } finally {
    // What has not been read is of no interest.
    request.destroy()
  }
}

async function readStart(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= mostBodyBytes) break
  }
  return Buffer.concat(chunks).toString('utf8')
}
