import type { Clock } from '../kit/clock.ts'
import type { Resolver } from '../outbound/resolver.ts'
import type { ServiceRecord } from '../snapshot/expand-tenant.ts'
import type { EndpointSnapshot } from '../snapshot/pool-snapshot.ts'
import { EndpointCommands } from './endpoint-commands.ts'
import { EndpointFiles } from './endpoint-files.ts'
import { findAddresses, findServices } from './find-names.ts'
import type { LastAnswers } from './last-answers.ts'
import { Sources } from './sources.ts'
import type { SourcesParts } from './sources.ts'

export interface EndpointSourcesParts {
  readonly clock: Clock
  readonly resolver: Resolver
  /** The setting `allow-exec`. */
  readonly mayExec: () => boolean
  /** What was found last outlives the server there. */
  readonly lastAnswers: LastAnswers
  readonly onMove: SourcesParts<unknown>['onMove']
}

/** What was found before, by kind and key. */
interface Remembered {
  readonly names?: Readonly<Record<string, readonly string[]>>
  readonly services?: Readonly<Record<string, readonly ServiceRecord[]>>
  readonly files?: Readonly<Record<string, readonly EndpointSnapshot[]>>
  readonly commands?: Readonly<Record<string, readonly EndpointSnapshot[]>>
}

/** How late a look may be. */
const lookMs = 50
/** After something was found that is not kept yet. */
const saveMs = 1_000

/** Everything that endpoints come from, of all tenants. */
export class EndpointSources {
  /** Addresses by name, hosts by service, endpoints by path, and by command (see `commandKey`). */
  readonly names: Sources<string>
  readonly services: Sources<ServiceRecord>
  readonly files: Sources<EndpointSnapshot>
  readonly commands: Sources<EndpointSnapshot>
  readonly #parts: EndpointSourcesParts
  readonly #reader = new EndpointFiles((path) => this.files.hurry(path))
  readonly #runner: EndpointCommands
  #timer: NodeJS.Timeout | undefined
  #saving: NodeJS.Timeout | undefined

  constructor(parts: EndpointSourcesParts) {
    const { clock, resolver, mayExec, lastAnswers } = parts
    this.#parts = parts
    this.#runner = new EndpointCommands(mayExec)
    const remembered = lastAnswers.load() as Remembered
    const usual = {
      clock,
      onMove: this.#onMove,
      onDrop: this.#saveSoon,
      firstRetryMs: 1_000,
      longestRetryMs: 30_000,
    }
    this.names = new Sources<string>({
      ...usual,
      find: (name, last) => findAddresses(resolver, name, last),
      remembered: remembered.names,
      mostRunning: 256,
    })
    this.services = new Sources<ServiceRecord>({
      ...usual,
      find: (name) => findServices(resolver, name),
      remembered: remembered.services,
      mostRunning: 256,
    })
    this.files = new Sources<EndpointSnapshot>({
      ...usual,
      find: (path) => this.#reader.find(path),
      onDrop: this.#onFileDrop,
      remembered: remembered.files,
      mostRunning: 16,
      firstRetryMs: 250,
      longestRetryMs: 2_000,
    })
    this.commands = new Sources<EndpointSnapshot>({
      ...usual,
      find: (key) => this.#runner.find(key),
      remembered: remembered.commands,
      mostRunning: 8,
    })
  }

  get #all() {
    return [this.names, this.services, this.files, this.commands] as const
  }

  /** All that are looked at. */
  get size(): number {
    return this.#all.reduce((sum, { size }) => sum + size, 0)
  }

  start(): void {
    this.#timer = setInterval(() => {
      for (const sources of this.#all) sources.look()
    }, lookMs)
  }

  close(): void {
    clearInterval(this.#timer)
    if (this.#saving !== undefined) this.#save()
    for (const sources of this.#all) sources.close()
    // That these were dropped is not to be kept.
    clearTimeout(this.#saving)
    this.#runner.close()
    this.#parts.resolver.close()
  }

  /** The tenant uses what has these keys, and nothing else. */
  keep(tenantId: number, keys: ReadonlySet<string>): void {
    for (const sources of this.#all) sources.keep(tenantId, keys)
  }

  /** Name servers or what may be run have changed: nobody waits for the next look. */
  hurry(): void {
    for (const sources of this.#all) sources.hurry()
  }

  readonly #onMove: SourcesParts<unknown>['onMove'] = (source, move, users) => {
    if (move !== 'failed') this.#saveSoon()
    this.#parts.onMove(source, move, users)
  }

  readonly #onFileDrop = (path: string): void => {
    this.#reader.drop(path)
    this.#saveSoon()
  }

  readonly #saveSoon = (): void => {
    this.#saving ??= setTimeout(() => this.#save(), saveMs)
  }

  #save(): void {
    clearTimeout(this.#saving)
    this.#saving = undefined
    this.#parts.lastAnswers.save({
      names: this.names.answers(),
      services: this.services.answers(),
      files: this.files.answers(),
      commands: this.commands.answers(),
    })
  }
}
