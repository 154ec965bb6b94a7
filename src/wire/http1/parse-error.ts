/** Why a message is refused. Always followed by closing the connection: what comes after it cannot be framed. */
export interface ParseError {
  readonly kind: 'parse_error'
  readonly status: 400 | 405 | 414 | 417 | 426 | 431 | 501 | 505
  readonly code: string
  /** The rule that was broken, in words for the client. */
  readonly detail: string
}

export function isParseError(value: { readonly kind: string }): value is ParseError {
  return value.kind === 'parse_error'
}

/** Every refusal of the codec, with the section that asks for it (9112 unless said otherwise). */
export const parseErrors = {
  /** 2.2: no bare LF, bare CR, or other control character. */
  bareLf: refuse('a line ends in LF without CR'),
  bareCr: refuse('a CR is not followed by LF'),
  /** 3, 3.1 and 9110 9.1. */
  method: refuse('the method is not a token in upper case'),
  methodLong: refuse('the method is longer than 32 bytes'),
  requestLine: refuse('the request line is not method, target and version with single spaces'),
  /** 3.2 and 9110 4.2.5. */
  target: refuse('the request target has a character that is not allowed there'),
  targetForm: refuse('the request target is neither a path nor an http or https URL'),
  targetAsterisk: refuse('the target * is for OPTIONS only'),
  /** 3986 2.1 and 6.2.2. */
  pathPercent: refuse('the path has a percent sign without two hexadecimal digits'),
  pathDotParameter: refuse('the path has a dot segment with parameters'),
  /** 3.2 and 9110 7.2. */
  hostMissing: refuse('Host is missing'),
  hostRepeated: refuse('Host is repeated'),
  hostMalformed: refuse('Host is not a name or address with an optional port'),
  hostDiffers: refuse('Host differs from the authority of the target'),
  /** 5 and 5.1, 5.2, 9110 5.1 and 5.5. */
  fieldName: refuse('a field name is not a token directly followed by a colon'),
  fieldNameEmpty: refuse('a field has no name'),
  fieldFolded: refuse('a field line starts with white space'),
  fieldUnderscore: refuse('a field name has an underscore'),
  fieldLookAlike: refuse('a field name is one that matters here but for a character'),
  fieldValue: refuse('a field value has a control character'),
  /** 9110 5.3. */
  fieldRepeated: refuse('a field that may appear once is repeated'),
  /** 6.1, 6.2, 6.3 and 9110 8.6. */
  lengthAndCoding: refuse('both Content-Length and Transfer-Encoding are present'),
  lengthRepeated: refuse('Content-Length is repeated'),
  lengthMalformed: refuse('Content-Length is not a decimal number'),
  lengthOverflow: refuse('Content-Length is too large'),
  codingRepeated: refuse('Transfer-Encoding is repeated'),
  codingMalformed: refuse('Transfer-Encoding is not chunked'),
  codingOldVersion: refuse('Transfer-Encoding is not allowed in HTTP/1.0'),
  /** 9.1 and 9110 7.6.1. */
  connectionMalformed: refuse('Connection is not a list of tokens'),
  connectionForbidden: refuse('Connection names a field that must not be removed'),
  /** 7.1. */
  chunkSize: refuse('a chunk size is not a hexadecimal number followed by CRLF'),
  chunkOverflow: refuse('a chunk size is too large'),
  chunkEnd: refuse('a chunk is not followed by CRLF'),
  /** 7.1.1. */
  chunkExtension: refuse('a chunk extension is malformed'),
  chunkExtensionLong: refuse('the chunk extensions are longer than 1 KiB'),
  /** 7.1.2 and 9110 6.5.1. */
  trailer: refuse('a trailer field is malformed'),
  trailerFraming: refuse('a trailer field is one that frames or routes the message'),
  trailerLong: refuse('the trailer section is longer than 8 KiB'),
  /** 4: of a response. */
  statusLine: refuse('the status line is malformed'),
  status: refuse('the status is not between 100 and 599'),

  /** 9110 15.5.6: TRACE would show what phases add; CONNECT would make a tunnel. */
  methodNotAllowed: refuse('the methods CONNECT and TRACE are not allowed', 405, 'method_not_allowed'),
  /** 3 and 9110 15.5.15. */
  targetLong: refuse('the request target is longer than 8 KiB', 414, 'uri_too_long'),
  /** 9110 10.1.1. */
  expectation: refuse('only the expectation 100-continue is known', 417, 'expectation_failed'),
  /** 6585 section 5. */
  headLong: refuse('the head is too large', 431, 'fields_too_large'),
  lineLong: refuse('a field line is too long', 431, 'fields_too_large'),
  fieldsMany: refuse('there are too many fields', 431, 'fields_too_large'),
  /** 6.1. */
  codingUnknown: refuse('the transfer coding is not supported', 501, 'not_implemented'),
  /** 2.3 and 9110 15.6.6. */
  version: refuse('only HTTP/1.0 and HTTP/1.1 are spoken here', 505, 'version_not_supported'),
} as const satisfies Record<string, ParseError>

function refuse(detail: string, status: ParseError['status'] = 400, code = 'bad_request'): ParseError {
  return Object.freeze({ kind: 'parse_error', status, code, detail })
}
