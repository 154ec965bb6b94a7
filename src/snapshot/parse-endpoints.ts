import type { Field } from '../kit/entity.ts'
import { UserError } from '../kit/user-error.ts'
import { endpoint } from '../model/endpoint.ts'
import type { EndpointRow } from '../model/endpoint.ts'
import { declareEndpoint } from './declare-endpoint.ts'
import type { EndpointSnapshot } from './pool-snapshot.ts'

/** Of one list. */
export const mostListed = 1_000

const fieldsByKey = new Map<string, Field>(endpoint.fieldList.map((field) => [field.column, field]))

/**
 * Endpoints as a file or a command lists them: JSON, an array of URLs or of objects with the keys of `mtlb endpoint list --json`
 * (`url` and whatever differs from its default), or that array under `endpoints`; or plain text, a URL in each line. Throws UserError
 * that says which one is wrong; then none of them counts.
 */
export function parseEndpoints(text: string): EndpointSnapshot[] {
  const items = /^\s*[[{]/.test(text) ? readJson(text) : readLines(text)
  if (items.length > mostListed) {
    throw new UserError('usage', `there are ${items.length} endpoints, and at most ${mostListed} are taken`)
  }
  const endpoints = items.map(parseEndpoint)
  const urls = new Set<string>()
  for (const [index, { url }] of endpoints.entries()) {
    if (urls.has(url)) throw new UserError('usage', `${nameItem(index)}: '${url}' is there twice`)
    urls.add(url)
  }
  return endpoints
}

/** A line that begins with # says nothing. */
function readLines(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}

function readJson(text: string): readonly unknown[] {
  const value = parseJson(text)
  const list = isObject(value) ? value.endpoints : value
  if (Array.isArray(list)) return list
  throw new UserError(
    'usage',
    'it is no list of endpoints: an array is wanted, or an object with one under "endpoints"',
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UserError('usage', `it is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function parseEndpoint(item: unknown, index: number): EndpointSnapshot {
  try {
    return declareEndpoint({ id: 0, poolId: 0, ...parseValues(typeof item === 'string' ? { url: item } : item) })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError('usage', `${nameItem(index)}: ${error.message}`, error.hint)
  }
}

function nameItem(index: number): string {
  return `endpoint ${index + 1}`
}

/** All of them, defaults included. */
function parseValues(item: unknown): Omit<EndpointRow, 'id' | 'poolId'> {
  if (!isObject(item)) throw new UserError('usage', 'it is neither a URL nor an object')
  if (item.url === undefined) throw new UserError('usage', 'it has no url')
  const values: Record<string, unknown> = {}
  for (const field of endpoint.fieldList) values[field.property] = field.default
  for (const [key, value] of Object.entries(item)) {
    // What tells rows apart is nothing to a list.
    if (key === 'id' || key === 'pool_id' || key === 'pool' || key === 'tenant') continue
    const field = fieldsByKey.get(key)
    if (field === undefined) {
      throw new UserError('usage', `there is no '${key}'; there are ${[...fieldsByKey.keys()].join(', ')}`)
    }
    values[field.property] = parseValue(field, value)
  }
  return values as Omit<EndpointRow, 'id' | 'poolId'>
}

function parseValue(field: Field, value: unknown): unknown {
  if (value === null && field.isNullable) return undefined
  if (typeof value === 'string') return field.parse(value)
  if (typeof value === 'number' || typeof value === 'boolean') return field.parse(String(value))
  throw new UserError('usage', `${field.column} is no single value`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
