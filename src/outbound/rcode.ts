import type { DecodedPacket } from 'dns-packet'

/** What an answer says of itself (RFC 1035 section 4.1.1): `NOERROR`, `SERVFAIL`. */
export function getRcode(answer: Pick<DecodedPacket, 'answers'> & { readonly rcode?: string }): string {
  return answer.rcode ?? 'NOERROR'
}

/** Why an answer says nothing; undefined for a good one: that a name does not exist is one. */
export function explainRcode(rcode: string): string | undefined {
  if (rcode === 'NOERROR' || rcode === 'NXDOMAIN') return undefined
  return `${explanations[rcode] ?? 'an odd answer'} (${rcode})`
}

const explanations: Readonly<Record<string, string>> = {
  FORMERR: 'the name server does not understand the question',
  SERVFAIL: 'the name server has failed',
  NOTIMP: 'the name server does not know the kind of question',
  REFUSED: 'the name server refuses to answer',
}
