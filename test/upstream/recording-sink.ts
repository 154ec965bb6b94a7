import type { Fault } from '../../src/upstream/fault.ts'
import type { AnswerSink, EndpointStream, ForwardRequest, TunnelEvents } from '../../src/upstream/transport.ts'
import type { ByteSocket } from '../../src/wire/byte-socket.ts'
import { isParseError } from '../../src/wire/http1/parse-error.ts'
import { parseRequestHead } from '../../src/wire/http1/parse-request-head.ts'
import type { ResponseHead } from '../../src/wire/http1/response-head.ts'

/** Sends one request as soon as it may and writes down what it is told. */
export class RecordingSink implements AnswerSink {
  readonly story: string[] = []
  stream: EndpointStream | undefined = undefined
  fault: Fault | undefined = undefined
  isOver = false
  /** Whether the request is complete with its head. */
  endsWithHead = true
  readonly #request: ForwardRequest

  constructor(request: ForwardRequest = forwardRequest('GET /hello HTTP/1.1\r\nHost: a.test\r\n\r\n')) {
    this.#request = request
  }

  send(stream: EndpointStream): void {
    this.stream = stream
    if (stream.isReady) this.onReady()
  }

  onReady(): void {
    this.stream?.sendHead(this.#request)
    if (this.endsWithHead) this.stream?.endBody()
    this.stream?.flush()
  }

  onInterimHead(head: ResponseHead): void {
    this.story.push(`interim ${head.status}`)
  }

  onUpgrade(head: ResponseHead, socket: ByteSocket): TunnelEvents {
    this.story.push(`upgrade ${head.status}`)
    this.isOver = true
    return {
      onEndpointBytes: (buffer, start, end) => this.story.push(`tunnel ${buffer.toString('latin1', start, end)}`),
      onEndpointDrain: () => {},
      onEndpointEnd: () => socket.end(),
      onEndpointClose: () => this.story.push('tunnel closed'),
    }
  }

  onAnswerHead(head: ResponseHead): void {
    this.story.push(`head ${head.status}`)
  }

  onAnswerData(buffer: Buffer, start: number, end: number): void {
    const text = buffer.toString('latin1', start, end)
    if (this.story.at(-1)?.startsWith('data ')) this.story[this.story.length - 1] += text
    else this.story.push(`data ${text}`)
  }

  onAnswerPause(): void {}

  onWritable(): void {}

  onAnswerEnd(): void {
    this.story.push('end')
    this.isOver = true
  }

  onDefect(error: unknown): void {
    this.story.push(`defect ${String(error)}`)
    this.isOver = true
  }

  onFault(fault: Fault): void {
    this.fault = fault
    this.story.push(`fault ${fault.code}`)
    this.isOver = true
  }
}

export function forwardRequest(text: string): ForwardRequest {
  const bytes = Buffer.from(text, 'latin1')
  const head = parseRequestHead(bytes, 0, bytes.length)
  if (head === undefined || isParseError(head)) throw new Error(`not a request: ${text}`)
  return {
    head,
    target: head.path + head.query,
    forwardedFields: 'X-Forwarded-For: 192.0.2.1\r\n',
    requestId: 'id-1',
    tenantName: 'acme',
    withheldFields: 0,
    cookieLine: '',
    handshake: undefined,
    timeoutMs: 1_000,
    idleTimeoutMs: 1_000,
  }
}
