import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../kit/log.ts'

/** By kind of source, then by its key: what was found last. */
export type Answers = Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>

/** Where the last good answers lie, so that a server that starts while name servers are down knows where endpoints were. */
export class LastAnswers {
  readonly #path: string
  readonly #version: string
  readonly #log: Log

  constructor(path: string, { version, log }: { readonly version: string; readonly log: Log }) {
    this.#path = path
    this.#version = version
    this.#log = log
  }

  /** None where there is no file; what another version of mtlb has written is not read: it may mean something else. */
  load(): Answers {
    try {
      const { version, answers } = JSON.parse(readFileSync(this.#path, 'utf8')) as { version: string; answers: Answers }
      return version === this.#version ? answers : {}
    } catch {
      return {}
    }
  }

  /** Without the file all is well until name servers and this server fail together. */
  save(answers: Answers): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
      writeFileSync(`${this.#path}.new`, JSON.stringify({ version: this.#version, answers }), { mode: 0o600 })
      renameSync(`${this.#path}.new`, this.#path)
    } catch (error) {
      this.#log.error({ code: 'last_answers_lost', err: error }, 'the last good answers of look-ups are not kept')
    }
  }
}
