import { rejections } from '../src/proxy/rejections.ts'
import { renderTable } from './render-table.ts'

/** The page that explains every refusal, by status and code. */
export function renderRejections(): string {
  const all = Object.values(rejections).toSorted((a, b) => a.status - b.status || a.code.localeCompare(b.code))
  const rows = all.map(({ status, code, title, detail }) => [String(status), `\`${code}\``, title, detail])
  return `${intro}\n\n${renderTable([['Status', 'Code', 'Title', 'Detail'], ...rows])}\n`
}

const intro = `<!-- Generated from src/proxy/rejections.ts by \`npm run generate\`; do not edit. -->

# Rejections

Every answer that mtlb gives itself is \`application/problem+json\` (RFC 9457) with a stable \`code\`. The same code
stands in the traffic log (\`mtlb logs --code CODE\`). Codes that begin with \`endpoint_\` mean that an endpoint failed,
\`internal_error\` that mtlb did; all others name the rule that refused.

    {"title":"Key required","status":401,"detail":"Send a valid API key …","code":"unauthenticated","request_id":"01a1f936-…"}

\`mtlb logs --request-id ID\` finds the request.`
