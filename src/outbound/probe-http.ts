import http from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import https from 'node:https'
import { statusMatches } from '../kit/field/status-range.ts'
import type { Probe, ProbePlan } from './probe.ts'

/** Of a body, so much is looked through. */
const mostBodyBytes = 64 * 1_024

/**
 * One request, on a connection that serves nothing else (RFC 9112 section 9.6). With Node's own client a check costs half of what
 * it does with undici, which is made for connections that are kept.
 */
export const probeHttp: Probe = ({ isTls, host, port }, plan, deadline) =>
  new Promise((resolve, reject) => {
    const request = (isTls ? https : http).request({
      host,
      port,
      method: plan.method,
      path: plan.path,
      headers: { 'User-Agent': 'mtlb-health', ...(plan.host === undefined ? {} : { Host: plan.host }) },
      agent: false,
    })
    deadline.onPassed = () => request.destroy(new Error('too late'))
    request.on('error', reject)
    request.on('response', (response) => {
      judge(request, response, plan).then(resolve, reject)
    })
    request.end()
  })

async function judge(request: ClientRequest, response: IncomingMessage, plan: ProbePlan): Promise<string | undefined> {
  try {
    const { statusCode = 0 } = response
    if (!plan.statuses.some((range) => statusMatches(range, statusCode))) {
      return `status ${statusCode} is not in ${plan.statuses.join(',')}`
    }
    if (plan.body === undefined) return undefined
    return (await readStart(response)).includes(plan.body) ? undefined : `the body lacks '${plan.body}'`
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
