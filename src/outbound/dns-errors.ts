import type { DecodedPacket } from 'dns-packet'

/** Why an answer says nothing (RFC 1035 section 4.1.1); undefined for a good one: that a name does not exist is one. */
export function getDnsError({ rcode }: DecodedPacket & { readonly rcode?: string }): string | undefined {
  if (rcode === undefined || rcode === 'NOERROR' || rcode === 'NXDOMAIN') return undefined
  return `${explanations[rcode] ?? 'an odd answer'} (${rcode})`
}

const explanations: Readonly<Record<string, string>> = {
  FORMERR: 'the name server does not understand the question',
  SERVFAIL: 'the name server has failed',
  NOTIMP: 'the name server does not know the kind of question',
  REFUSED: 'the name server refuses to answer',
}
