import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument as parseYaml } from 'yaml'
import type { Document, ParsedNode } from 'yaml'
import type { Entity, Field } from '../kit/entity.ts'
import { UserError } from '../kit/user-error.ts'
import { entities, ownedBy } from '../model/index.ts'
import { findSetting, setting } from '../model/setting.ts'
import { documentFields, isSameValue, keyOf, sectionOf, soleField } from './item.ts'
import type { Item } from './item.ts'

export interface Mistake {
  readonly line: number
  /** `tenants.acme.routes.api.path`; empty for what is no YAML. */
  readonly path: string
  readonly message: string
}

export type ParsedDocument = { readonly items: readonly Item[] } | { readonly mistakes: readonly Mistake[] }

/** Aliases may be used, not to make gigabytes out of a page. */
const mostAliases = 1_000

/** Reads a document, all of it or nothing: every mistake has its line and its path. */
export function parseDocument(text: string): ParsedDocument {
  const lines = new LineCounter()
  const document = parseYaml(text, { lineCounter: lines, version: '1.2' })
  const reader = new Reader(document, lines)
  if (document.errors.length > 0) {
    return {
      mistakes: document.errors.map(({ pos, message }) => ({
        line: lines.linePos(pos[0]).line,
        path: '',
        message: firstLine(message),
      })),
    }
  }
  const items = reader.readSections(document.contents, { owner: undefined, path: '' })
  return reader.mistakes.length > 0 ? { mistakes: reader.mistakes } : { items }
}

type YamlNode = ParsedNode | null | undefined

interface At {
  readonly line: number
  readonly path: string
}

class Reader {
  readonly mistakes: Mistake[] = []
  readonly #document: Document.Parsed
  readonly #lines: LineCounter
  #aliases = 0

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document
    this.#lines = lines
  }

  /** The sections of a document, or of what an item owns. */
  readSections(node: YamlNode, { owner, path }: { readonly owner: Entity | undefined; readonly path: string }): Item[] {
    const known = owner === undefined ? entities.filter(({ scope }) => scope === 'global') : ownedBy(owner)
    return this.#entries(node, { line: 1, path }).flatMap(([key, value, at]) => {
      const entity = known.find((candidate) => sectionOf(candidate) === key)
      if (entity !== undefined) return this.#readSection(entity, value, at)
      if (owner === undefined) this.#mistake(at, `'${key}' is not one of ${known.map(sectionOf).join(', ')}`)
      return []
    })
  }

  #readSection(entity: Entity, node: YamlNode, at: At): Item[] {
    const names = new Set<string>()
    return this.#entries(node, at).flatMap(([key, value, place]) => {
      const item = this.#guard(place, () => this.#readItem(entity, { key, node: value, at: place }))
      if (item === undefined) return []
      if (names.has(item.name)) this.#mistake(place, `${entity.noun} '${item.name}' is there twice`)
      names.add(item.name)
      // A setting that has its default needs no row.
      return entity === setting && hasDefault(item) ? [] : item
    })
  }

  #readItem(
    entity: Entity,
    { key, node, at }: { readonly key: string; readonly node: YamlNode; readonly at: At },
  ): Item {
    const name = readName(entity, key)
    const sole = entity === setting ? settingField(name) : soleField(entity)
    if (sole !== undefined) return this.#readSole(entity, { name, field: sole, node, at })
    const fields = new Map(documentFields(entity).map((field) => [keyOf(field), field]))
    const sections = new Set(ownedBy(entity).map(sectionOf))
    const values: Record<string, unknown> = {}
    const fieldLines = new Map<string, number>()
    for (const [word, value, place] of this.#entries(node, at)) {
      const field = fields.get(word)
      if (field === undefined) {
        if (!sections.has(word))
          this.#mistake(place, `${entity.noun} has no '${word}'; it has ${[...fields.keys(), ...sections].join(', ')}`)
        continue
      }
      fieldLines.set(field.column, place.line)
      this.#guard(place, () => (values[field.property] = this.#readValue(field, value)))
    }
    this.#addDefaults(entity, { values, fieldLines, at })
    const children = sections.size === 0 ? [] : this.readSections(node, { owner: entity, path: at.path })
    return { entity, name, values, children, place: { ...at, fieldLines } }
  }

  #readSole(entity: Entity, { name, field, node, at }: { name: string; field: Field; node: YamlNode; at: At }): Item {
    const isEmpty = field.need === 'optional' && entity !== setting && isNothing(this.#resolve(node))
    const value = isEmpty ? field.default : this.#readValue(field, node)
    const [own] = documentFields(entity)
    // A setting's row holds text, which is what its own field makes of it.
    const stored = entity === setting ? field.render(value) : value
    return { entity, name, values: { [own.property]: stored }, children: [], place: { ...at, fieldLines: new Map() } }
  }

  #addDefaults(
    entity: Entity,
    { values, fieldLines, at }: { values: Record<string, unknown>; fieldLines: ReadonlyMap<string, number>; at: At },
  ): void {
    for (const field of documentFields(entity)) {
      if (fieldLines.has(field.column)) continue
      if (field.need === 'required') this.#mistake(at, `${keyOf(field)} is missing`)
      values[field.property] = field.default
    }
  }

  /** Throws UserError. */
  #readValue(field: Field, node: YamlNode): unknown {
    const found = this.#resolve(node)
    if (isNothing(found)) {
      if (field.isNullable) return undefined
      throw new UserError('usage', `${keyOf(field)} is empty`)
    }
    if (isScalar(found)) return field.parse(textOf(found))
    if (isSeq(found) && field.isRepeatable) {
      return field.parse(found.items.map((item) => textOf(this.#resolve(item as YamlNode))).join(','))
    }
    throw new UserError('usage', `${keyOf(field)} is not ${field.isRepeatable ? 'a list of values' : 'one value'}`)
  }

  /** Key, value and place of each entry; nothing, or an empty node, has none. */
  #entries(node: YamlNode, at: At): (readonly [string, YamlNode, At])[] {
    const found = this.#resolve(node)
    if (isNothing(found)) return []
    if (!isMap(found)) {
      this.#mistake(at, 'names and values are wanted here')
      return []
    }
    return found.items.map((pair) => {
      const key = textOf(pair.key)
      const line = this.#lines.linePos(pair.key.range[0]).line
      return [key, pair.value, { line, path: at.path === '' ? key : `${at.path}.${key}` }] as const
    })
  }

  #resolve(node: YamlNode): YamlNode {
    if (!isAlias(node)) return node
    this.#aliases += 1
    if (this.#aliases > mostAliases) throw new UserError('usage', `there are more than ${mostAliases} aliases`)
    return node.resolve(this.#document) as YamlNode
  }

  #guard<T>(at: At, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      this.#mistake(at, error.message)
      return undefined
    }
  }

  #mistake({ line, path }: At, message: string): void {
    this.mistakes.push({ line, path, message })
  }
}

function isNothing(node: YamlNode): node is null | undefined {
  return node === null || node === undefined || (isScalar(node) && node.value === null)
}

/** As it was written: `1.10` stays what it is. */
function textOf(node: unknown): string {
  if (!isScalar(node)) throw new UserError('usage', 'a single value is wanted here')
  return node.source ?? String(node.value)
}

function readName(entity: Entity, key: string): string {
  const field = entity.fieldList.find(({ property }) => property === entity.nameField)
  return field === undefined ? key : String(field.parse(key))
}

function settingField(name: string): Field {
  const field = findSetting(name)
  if (field === undefined) throw new UserError('usage', `there is no setting '${name}'`)
  return field
}

function hasDefault({ name, values }: Item): boolean {
  const field = settingField(name)
  const value = field.parse(String(values.value))
  return isSameValue(field, value, field.default)
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0].replace(/ at line \d+, column \d+:?$/, '')
}
