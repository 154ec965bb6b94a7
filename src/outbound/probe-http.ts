import { Client } from 'undici'
import { statusMatches } from '../kit/field/status-range.ts'
import type { Probe } from './probe.ts'

/** Of a body, so much is looked through. */
const mostBodyBytes = 64 * 1_024

/** One request, on a connection that serves nothing else (RFC 9112 section 9.6). */
export const probeHttp: Probe = async (target, plan, signal) => {
  const client = new Client(new URL(target.url).origin, { pipelining: 1 })
  try {
    const { statusCode, body } = await client.request({
      method: plan.method === 'HEAD' ? 'HEAD' : 'GET',
      path: plan.path,
      headers: { 'user-agent': 'mtlb-health', ...(plan.host === undefined ? {} : { host: plan.host }) },
      reset: true,
      signal,
    })
    if (!plan.statuses.some((range) => statusMatches(range, statusCode))) {
      return `status ${statusCode} is not in ${plan.statuses.join(',')}`
    }
    if (plan.body === undefined) return undefined
    return (await readStart(body)).includes(plan.body) ? undefined : `the body lacks '${plan.body}'`
  } finally {
    // What has not been read is of no interest.
    await client.destroy()
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
