import type { Entity, Field } from '../../kit/entity.ts'
import { UserError } from '../../kit/user-error.ts'
import { entities } from '../../model/index.ts'
import { tenant } from '../../model/tenant.ts'
import type { Call } from '../call.ts'
import { textFlag } from '../call.ts'
import type { Flag, Operand } from '../command.ts'
import { findMistake } from './find-mistake.ts'
import type { Noun } from './noun.ts'

/** The names that lead to a row: those of its owners, outermost first, then its own where it has one. */
export type Address = readonly string[]

export const tenantFlag: Flag = {
  name: 'tenant',
  value: 'tenant',
  summary: 'The tenant, where the name does not say it.',
}

/** What a row belongs to, outermost first: tenant and pool for an endpoint. */
export function ownersOf(entity: Entity): readonly Entity[] {
  const owner = entities.find(({ table }) => table === entity.scope)
  return owner === undefined ? [] : [...ownersOf(owner), owner]
}

/** `TENANT/POOL URL`: the words by which a row is called. */
export function addressOperands(noun: Noun): readonly Operand[] {
  return groupsOf(noun, false).map((group) => ({
    name: group.map(placeholder).join('/'),
    summary: group.length === 1 ? nameFieldOf(group[0]).summary : `Or ${placeholder(group[1])} with --tenant.`,
  }))
}

export function addressFlags({ entity, isTenantFlagged, nameFlags }: Noun): readonly Flag[] {
  if (ownersOf(entity).length === 0) return []
  const tenantFlags = [isTenantFlagged ? { ...tenantFlag, summary: 'The tenant it belongs to.' } : tenantFlag]
  return nameFlags === undefined ? tenantFlags : [...nameFlags.flags, ...tenantFlags]
}

/** `acme/web`, `acme/web http://127.0.0.1:9001`: a row in messages and in commands that mend something. */
export function renderAddress(noun: Noun, address: Address): string {
  if (noun.isTenantFlagged) return `${address.slice(1).join(' ')} --tenant ${address[0]}`
  const path = address.slice(0, 2).filter((name) => name !== '')
  return [path.join('/'), ...address.slice(2)].join(' ')
}

/**
 * Reads the names from words and `--tenant`; asks for those that lack, or throws UserError('usage'). With
 * `mayOmitOwner` an empty tenant stands for "whoever has that name"; without `mayBePlace` a row must be called by its name.
 */
export async function readAddress(
  noun: Noun,
  call: Call,
  { mayOmitOwner = false, mayBePlace = true } = {},
): Promise<Address> {
  const tenantName = textFlag(call, 'tenant')
  const given = new Map<Entity, string>()
  const [outermost] = partsOf(noun)
  if (tenantName !== undefined) given.set(outermost, tenantName)
  const groups = groupsOf(noun, tenantName !== undefined)
  for (const [at, word] of call.operands.entries()) {
    if (groups[at] === undefined)
      throw new UserError('usage', `unexpected word '${word}'`, '--tenant names the tenant already.')
    if (at === 0 && tenantName !== undefined) checkPath(noun, word, tenantName)
    readGroup(groups[at], word, given)
    if (at === 0 && mayBePlace) readPlace(noun, groups[at], given)
  }
  const names: string[] = []
  for (const part of partsOf(noun)) {
    const isOmitted = mayOmitOwner && part !== noun.entity && !given.has(part)
    names.push(isOmitted ? '' : await readPart(noun, part, { call, text: given.get(part) }))
  }
  if (noun.nameFlags !== undefined) names.push(parseName(noun.entity, noun.nameFlags.read(call)))
  return names
}

/** Whose row it is; undefined for what is no tenant's. */
export function tenantOf(entity: Entity, address: Address): string | undefined {
  const isTenants = entity.table === tenant.table || entity.scope !== 'global'
  return isTenants ? address[0] : undefined
}

/** Whether its rows may be called by their place among those of their owner, since their names are long. */
export function isPlaced(entity: Entity): boolean {
  return ownersOf(entity).length === 2
}

/** `1`: the first one. */
export function isPlace(text: string | undefined): text is string {
  return text !== undefined && /^[1-9]\d*$/.test(text)
}

/** Throws for an entity that goes by its owner's name. */
export function nameFieldOf(entity: Entity): Field {
  const field = entity.fieldList.find(({ property }) => property === entity.nameField)
  if (field === undefined) throw new TypeError(`${entity.noun} has no name`)
  return field
}

function partsOf({ entity, nameFlags }: Noun): readonly Entity[] {
  return entity.nameField === undefined || nameFlags !== undefined ? ownersOf(entity) : [...ownersOf(entity), entity]
}

// One group is one word; a tenant that is given by flag is in none.
function groupsOf(noun: Noun, hasTenantFlag: boolean): readonly (readonly Entity[])[] {
  const parts = partsOf(noun)
  const spoken = hasTenantFlag || noun.isTenantFlagged ? parts.slice(1) : parts
  if (spoken.length < parts.length || spoken.length < 2) return spoken.map((part) => [part])
  return [spoken.slice(0, 2), ...spoken.slice(2).map((part) => [part])]
}

/** `acme/web --tenant globex`: nobody can tell which of the two is meant. */
function checkPath(noun: Noun, word: string, tenantName: string): void {
  const isPath = groupsOf(noun, false)[0].length > 1 && word.includes('/')
  if (isPath)
    throw new UserError('usage', `'${word}' and --tenant '${tenantName}' both name a tenant`, 'Leave one out.')
}

function readGroup(group: readonly Entity[], word: string, given: Map<Entity, string>): void {
  const slash = word.indexOf('/')
  const [first, second] = group
  if (second === undefined) given.set(first, word)
  else if (slash === -1) given.set(second, word)
  else given.set(first, word.slice(0, slash)).set(second, word.slice(slash + 1))
}

/** `acme/web/2`: the second endpoint of that pool, as `endpoint list` has them. */
function readPlace({ entity }: Noun, group: readonly Entity[], given: Map<Entity, string>): void {
  const owner = group.at(-1)
  const [path, name, place] = /^(.*)\/([1-9]\d*)$/.exec((owner && given.get(owner)) ?? '') ?? []
  if (path === undefined || owner === undefined || !isPlaced(entity) || owner.table !== entity.scope) return
  given.set(owner, name).set(entity, place)
}

interface GivenPart {
  readonly call: Call
  readonly text: string | undefined
}

async function readPart(noun: Noun, part: Entity, { call, text }: GivenPart): Promise<string> {
  const field = nameFieldOf(part)
  const parse = (value: string) => parseName(part, value)
  if (part === noun.entity && isPlaced(part) && isPlace(text)) return text
  if (text !== undefined && text !== '') return parse(text)
  if (!call.mayAsk) throw createMissingPart(noun, part, call)
  const check = (value: string) => findMistake(field, value)
  return parse(await call.surroundings.prompts.text(`${capitalised(part.noun)} ${field.label}:`, check))
}

function parseName(entity: Entity, text: string): string {
  const field = nameFieldOf(entity)
  return field.render(field.parse(text))
}

function createMissingPart(noun: Noun, part: Entity, call: Call): UserError {
  const operands = addressOperands(noun).map(({ name }) => name)
  const command = ['mtlb', ...call.words, ...operands].join(' ')
  const flag = part === noun.entity ? '' : ' --tenant TENANT'
  const hint = noun.isTenantFlagged ? `Write '${command}${flag}'.` : `Write '${command}'${flag && `, or add${flag}`}.`
  const which = part === noun.entity ? nameFieldOf(part).label : part.noun
  return new UserError('usage', `the ${which} is missing`, hint)
}

function placeholder(part: Entity): string {
  const own = nameFieldOf(part).label
  return (own === 'name' ? part.noun : own).toUpperCase()
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
