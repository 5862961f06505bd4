import { problems } from '@assay/protocol/codes'
import type { TaggedEndpoint } from '../endpoints/endpoint.ts'
import { schemaOf } from './forms.ts'

/** A registered route, and the endpoint that it was made from. */
export interface RegisteredRoute {
  readonly method: string
  /** As the router has it. */
  readonly url: string
  readonly endpoint: TaggedEndpoint | undefined
}

export interface DescribedRoute extends RegisteredRoute {
  readonly endpoint: TaggedEndpoint
}

/**
 * The routes, each with an endpoint that fits it.
 *
 * @throws Error that names the first one that does not fit
 */
export function checkedRoutes(routes: readonly RegisteredRoute[]): DescribedRoute[] {
  const ids = new Set<string>()
  return routes.map(({ method, url, endpoint }) => {
    const name = `${method} ${url}`
    if (endpoint === undefined) throw new Error(`no endpoint describes ${name}`)
    if (endpoint.route !== name) throw new Error(`${endpoint.route} is registered as ${name}`)
    const fault =
      faultOf(endpoint) ?? (ids.has(endpoint.id) ? `the id ${endpoint.id} is not its own` : undefined)
    if (fault !== undefined) throw new Error(`${name}: ${fault}`)
    ids.add(endpoint.id)
    return { method, url, endpoint }
  })
}

function faultOf(endpoint: TaggedEndpoint): string | undefined {
  const { summary, answers, problems: own = [] } = endpoint
  const statuses = Object.keys(answers).map(Number)
  const unknown = own.find((code) => !Object.hasOwn(problems, code))
  if (summary === '') return 'it has no summary'
  if (statuses.length === 0) return 'it has no answer'
  if (statuses.some((status) => status < 200 || status > 399)) return 'a refusal is a problem, not an answer'
  if (unknown !== undefined) return `there is no problem ${String(unknown)}`
  return faultOfParameters(endpoint) ?? faultOfExample(endpoint)
}

function faultOfParameters({ route, params }: TaggedEndpoint): string | undefined {
  const inPath = [...route.matchAll(/:(\w+)/g)].map(([, name]) => name)
  const inForm = params === undefined ? inPath : Object.keys(schemaOf(params).properties ?? {})
  return [...inPath].sort().join() === [...inForm].sort().join()
    ? undefined
    : `its parameters are [${inForm.join()}], and those of its path [${inPath.join()}]`
}

function faultOfExample({ body, wholeBody, example }: TaggedEndpoint): string | undefined {
  if (example === undefined) return undefined
  const form = wholeBody ?? body
  if (form === undefined) return 'there is an example, but no body'
  return form.safeParse(example).success ? undefined : 'the form of the body refuses the example'
}
