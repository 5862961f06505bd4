import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

type Json = Record<string, unknown>

/** An answer, to be checked against the document. */
export interface Answered {
  method: string
  /** Path and query. */
  target: string
  status: number
  contentType: string | null
  json: unknown
}

const holders = new Map<string, (answered: Answered) => void>()

/** As {@link createHolder}, compiled once for documents that differ in the address of the service alone. */
export function holderOf({ servers: _servers, ...document }: Json): (answered: Answered) => void {
  const text = JSON.stringify(document)
  const holder = holders.get(text) ?? createHolder(document)
  holders.set(text, holder)
  return holder
}

/**
 * Checks answers against an OpenAPI document: path, method, status and media type must stand in it, and JSON must have
 * the form that it gives, with no member besides.
 */
export function createHolder(document: Json): (answered: Answered) => void {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(closed(document) as Json, 'openapi')
  const paths = Object.entries(document.paths as Record<string, Json>).map(([path, operations]) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    operations,
  }))
  const checks = new Map<string, ValidateFunction>()
  return ({ method, target, status, contentType, json }) => {
    const pathname = target.split('?')[0] ?? ''
    const found =
      paths.find(({ path }) => path === pathname) ?? paths.find(({ pattern }) => pattern.test(pathname))
    const operation = found?.operations[method.toLowerCase()] as Json | undefined
    // What is no operation is for the tests of 404 and 405.
    if (found === undefined || operation === undefined) return
    const name = `${method} ${found.path} ${status}`
    const response = (operation.responses as Record<string, Json>)[status]
    if (response === undefined) throw new Error(`the OpenAPI document has no answer ${name}`)
    const type = contentType?.split(';')[0]
    const content = (response.content ?? {}) as Json
    if (type === undefined ? Object.keys(content).length > 0 : !Object.hasOwn(content, type))
      throw new Error(`the OpenAPI document has no ${String(type)} of ${name}`)
    if (json === undefined) return
    const pointer = [
      'paths',
      found.path,
      method.toLowerCase(),
      'responses',
      status,
      'content',
      type,
      'schema',
    ]
    const ref = `openapi#/${pointer.map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
    const check = checks.get(ref) ?? ajv.compile({ $ref: ref })
    checks.set(ref, check)
    if (!check(json)) throw new Error(`${name}: ${ajv.errorsText(check.errors)}`)
  }
}

/** Readers of the document must ignore members that they do not know; the service may send none that it does not tell. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (value === null || typeof value !== 'object') return value
  const copy: Json = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]))
  const isOpen =
    copy.type === 'object' && copy.properties !== undefined && copy.additionalProperties === undefined
  return isOpen ? { ...copy, additionalProperties: false } : copy
}
