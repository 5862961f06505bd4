import type { CaseResult } from '../subject/subject.ts'
import type { Ask } from './ask.ts'

interface Operation {
  readonly security: readonly object[]
  readonly responses: Readonly<Record<string, unknown>>
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> }
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** Routes that end only when the caller leaves, or change keys that later cases use. */
const leftOut = new Set(['GET /v1/outcomes', 'POST /v1/signing-keys/rotate'])
const json = 'application/json'

/**
 * Every endpoint that the service's own document declares: without a key, which an endpoint for operators refuses; and
 * with the administrator's, with the example of its body. Each answer must be one of those that are declared.
 */
export async function checkRoutes(ask: Ask, adminKey: string): Promise<CaseResult[]> {
  const { paths } = (await ask('GET', '/openapi.json')).body as Document
  const results: CaseResult[] = []
  for (const [template, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const name = `${method.toUpperCase()} ${template}`
      if (leftOut.has(name)) continue
      const at = template.replaceAll(/\{\w+\}/g, 'none')
      const [type, body] = bodyOf(operation)
      const isForOperators = operation.security.length > 0
      for (const key of isForOperators ? [null, adminKey] : [null]) {
        const answer = await ask(method.toUpperCase(), at, { key, type, body })
        const isRefused = !isForOperators || key !== null || answer.status === 401
        const isDeclared = String(answer.status) in operation.responses && answer.status < 500
        results.push({
          name: `${name}${key === null ? '' : ', as the administrator'}`,
          fault: isDeclared && isRefused ? undefined : `answered ${answer.status}`,
        })
      }
    }
  }
  return results
}

function bodyOf({ requestBody }: Operation): [type?: string, body?: string] {
  if (requestBody === undefined) return []
  const { content } = requestBody
  const [type = json] = Object.keys(content)
  return [type, type === json ? JSON.stringify(content[json]?.example ?? {}) : 'not a build']
}
