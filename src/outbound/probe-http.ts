import { renderAuthority } from '../kit/field/endpoint-url.ts'
import { splitHeader } from '../kit/field/header.ts'
import { findJsonMismatch } from '../kit/field/json-match.ts'
import { statusMatches } from '../kit/field/status-range.ts'
import type { ReadOutcome } from '../upstream/answer-reader.ts'
import type { ResponseHead } from '../wire/http1/response-head.ts'
import type { EndpointAddress } from '../upstream/endpoint.ts'
import type { Course, Probe, ProbePlan } from './probe.ts'
import { ProbeConnection } from './probe-connection.ts'
import type { Asker } from './probe-connection.ts'
import { connectProblem } from './probe-socket.ts'

/** Of a body, so much is looked through. */
const mostBodyBytes = 64 * 1_024

/**
 * One request, on a connection that serves nothing else (RFC 9112 section 9.6): the one that the course keeps from the check
 * before, or a new one, which costs three times as much.
 */
export const probeHttp: Probe = (target, plan, course) =>
  new Promise((resolve) => {
    const check = new HttpCheck(target, plan, { course, resolve })
    course.onPassed = () => check.end('too late')
    check.begin()
  })

interface Answering {
  readonly course: Course
  readonly resolve: (problem: string | undefined) => void
}

class HttpCheck implements Asker {
  readonly #target: EndpointAddress
  readonly #plan: ProbePlan
  readonly #answering: Answering
  #connection: ProbeConnection | undefined = undefined
  readonly #parts: Buffer[] = []
  #bodyBytes = 0
  /** What is wrong with the answer's head. */
  #problem: string | undefined = undefined

  constructor(target: EndpointAddress, plan: ProbePlan, answering: Answering) {
    this.#target = target
    this.#plan = plan
    this.#answering = answering
  }

  begin(): void {
    this.#ask(this.#answering.course.takeKept() ?? new ProbeConnection(this.#target))
  }

  /** The connection serves nobody again. */
  end(problem: string | undefined): void {
    this.#connection?.close()
    this.#answering.resolve(problem)
  }

  onConnected(): void {
    const { course } = this.#answering
    course.connectUs = course.elapsedUs
  }

  onInterimHead(): void {}

  onAnswerHead({ status }: ResponseHead): void {
    const { course } = this.#answering
    const { statuses } = this.#plan
    course.answerUs = course.elapsedUs
    if (statuses.some((range) => statusMatches(range, status))) return
    this.#problem = `status ${status} is not in ${statuses.join(',')}`
  }

  onAnswerData(buffer: Buffer, start: number, end: number): void {
    if (!this.#readsBody) return
    this.#parts.push(Buffer.from(buffer.subarray(start, end)))
    this.#bodyBytes += end - start
  }

  onRead(outcome: ReadOutcome, detail: string): void {
    if (outcome === 'broken') return this.end(`its answer is no good HTTP: ${detail}`)
    if (outcome === 'end') return this.#endWhole()
    // What has not been read is of no interest.
    const isEnough = this.#bodyBytes >= mostBodyBytes || !this.#readsBody
    if (this.#answering.course.answerUs !== undefined && isEnough) this.end(this.#judge())
  }

  /** Who closes a connection that lay idle may not have seen the request that crossed it. */
  onClosed(why: string): void {
    const { isReused, isUnanswered } = this.#connection!
    if (isReused && isUnanswered) this.#ask(new ProbeConnection(this.#target))
    else this.end(connectProblem(why))
  }

  #ask(connection: ProbeConnection): void {
    this.#connection = connection
    const isKept = this.#answering.course.mayKeep
    connection.ask(this.#plan.method, renderRequest(this.#target, this.#plan, isKept), this)
  }

  #endWhole(): void {
    const { course, resolve } = this.#answering
    if (this.#connection!.rest()) course.keep(this.#connection!)
    else this.#connection!.close()
    resolve(this.#judge())
  }

  get #readsBody(): boolean {
    return this.#problem === undefined && (this.#plan.body !== undefined || this.#plan.json !== undefined)
  }

  #judge(): string | undefined {
    const { body, json } = this.#plan
    if (!this.#readsBody) return this.#problem
    const text = Buffer.concat(this.#parts).toString('utf8')
    if (body !== undefined && !text.includes(body)) return `the body lacks '${body}'`
    return json === undefined ? undefined : findJsonMismatch(text, json)
  }
}

function renderRequest(target: EndpointAddress, { method, path, host, headers }: ProbePlan, isKept: boolean): string {
  const fields = headers.map((header) => `${header}\r\n`).join('')
  const isNamed = headers.some((header) => splitHeader(header)[0].toLowerCase() === 'user-agent')
  const own = (isNamed ? '' : 'User-Agent: mtlb-health\r\n') + (isKept ? '' : 'Connection: close\r\n')
  return `${method} ${path} HTTP/1.1\r\nHost: ${host ?? renderAuthority(target)}\r\n${own}${fields}\r\n`
}
