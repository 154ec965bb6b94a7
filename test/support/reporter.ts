import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'

const slowFileMs = 5_000
const linesPerFailure = 60
const charactersPerLine = 400

/**
 * Silent about what passes. Prints each failure with its place, what was expected and the output of its file, then the
 * slow files, and last a line of its own: `N passed, N failed`, with `, N skipped` when there are any.
 */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const run = new Run()
  for await (const event of source) yield run.take(event)
  yield run.renderEnd()
}

class Run {
  #passed = 0
  #failed = 0
  #skipped = 0
  readonly #names = new Map<string, string>()
  readonly #outputs = new Map<string, string>()
  readonly #failedFiles = new Set<string>()
  readonly #slowFiles: string[] = []

  /** Returns what to print at once. */
  take(event: TestEvent): string {
    switch (event.type) {
      case 'test:start':
        this.#names.set(`${event.data.file} ${event.data.nesting}`, event.data.name)
        return ''
      case 'test:stdout':
      case 'test:stderr':
        this.#keepOutput(event.data)
        return ''
      case 'test:pass':
        if (event.data.details.type === 'suite') return ''
        if (event.data.skip !== undefined || event.data.todo !== undefined) this.#skipped++
        if (event.data.skip === undefined && event.data.todo === undefined) this.#passed++
        return ''
      case 'test:fail':
        return this.#fail(event.data)
      case 'test:diagnostic':
        // Those without a file are the totals, which the last line tells.
        return event.data.file === undefined ? '' : `${nameOf(event.data)}: ${event.data.message}\n`
      case 'test:summary':
        this.#keepDuration(event.data)
        return ''
      default:
        return ''
    }
  }

  renderEnd(): string {
    const slow = this.#slowFiles.length === 0 ? '' : `slow: ${this.#slowFiles.join(', ')}\n`
    const skipped = this.#skipped === 0 ? '' : `, ${this.#skipped} skipped`
    return `${this.#renderOutputs()}${slow}${this.#passed} passed, ${this.#failed} failed${skipped}\n`
  }

  #fail(failure: Failure): string {
    const { error } = failure.details
    this.#failedFiles.add(nameOf(failure))
    // Its failing part has been told already.
    if (failureTypeOf(error) === 'subtestsFailed') return ''
    this.#failed++
    return `\nFAIL ${nameOf(failure)}:${failure.line ?? 0} ${this.#pathOf(failure)}\n${renderError(error)}\n`
  }

  /** Names from the outermost suite down to the test. */
  #pathOf(failure: Failure): string {
    const names = [failure.name]
    for (let nesting = failure.nesting - 1; nesting >= 0; nesting--) {
      names.unshift(this.#names.get(`${failure.file} ${nesting}`) ?? '')
    }
    return names.join(' > ')
  }

  #keepOutput(output: { file?: string | undefined; message: string }): void {
    const name = nameOf(output)
    this.#outputs.set(name, (this.#outputs.get(name) ?? '') + output.message)
  }

  #keepDuration(summary: { file?: string | undefined; duration_ms: number }): void {
    if (summary.file === undefined || summary.duration_ms < slowFileMs) return
    this.#slowFiles.push(`${nameOf(summary)} ${(summary.duration_ms / 1_000).toFixed(1)} s`)
  }

  #renderOutputs(): string {
    let text = ''
    for (const name of this.#failedFiles) {
      const output = this.#outputs.get(name)
      if (output !== undefined)
        text += `\nprinted by ${name}:\n${indent(ownLines(output.trimEnd()).slice(-linesPerFailure))}\n`
    }
    return text
  }
}

type Failure = Extract<TestEvent, { type: 'test:fail' }>['data']

/** Events name a file sometimes absolutely, sometimes as it was given. */
function nameOf({ file }: { file?: string | undefined }): string {
  if (file === undefined) return '(no file)'
  return file.startsWith('/') ? relative(process.cwd(), file) : file
}

function failureTypeOf(error: object): unknown {
  return 'failureType' in error ? error.failureType : undefined
}

function renderError(error: Error): string {
  if ('exitCode' in error) return `  the process of this file ended early with exit code ${String(error.exitCode)}`
  const { cause = error } = error
  return indent(ownLines(renderCause(cause)).slice(0, linesPerFailure))
}

function renderCause(cause: unknown): string {
  if (typeof cause === 'string') return cause
  // The message of an assertion has the difference; its properties would only repeat both sides.
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_ASSERTION') return cause.stack ?? cause.message
  return inspect(cause)
}

function ownLines(text: string): string[] {
  return text.split('\n').filter((line) => !/^\s+at .*\bnode:/.test(line))
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => (line === '' ? '' : `  ${cut(line)}`)).join('\n')
}

function cut(line: string): string {
  const left = line.length - charactersPerLine
  return left <= 0 ? line : `${line.slice(0, charactersPerLine)} … ${left} more characters`
}
