import http from 'node:http'
import type { ProblemDocument } from '@assay/protocol'

export interface ConsoleAnswer {
  status: number
  headers: http.IncomingHttpHeaders
  text: string
  json: never
}

interface Sent {
  body?: unknown
  cookie?: string
  /** Header fields in place of what a page of the console sends; undefined: without it. */
  headers?: Record<string, string | undefined>
}

/** One request as the console's own page sends it, unless `headers` say otherwise. */
export function ask(url: string, method: string, path: string, { body, cookie, headers = {} }: Sent = {}) {
  const own: Record<string, string | undefined> = {
    'sec-fetch-site': 'same-origin',
    ...(method === 'GET' ? {} : { origin: url }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(cookie === undefined ? {} : { cookie }),
    ...headers,
  }
  const fields = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
  return new Promise<ConsoleAnswer>((resolve, reject) => {
    const request = http.request(new URL(path, url), { method, headers: fields })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const json = (
          /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : undefined
        ) as never
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
      })
    })
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

export const codeOf = ({ json }: ConsoleAnswer): string => (json as ProblemDocument).code

/** Signs in. @returns the cookie as a browser sends it back */
export async function signIn(url: string, key: string): Promise<string> {
  const answer = await ask(url, 'POST', '/console/session', { body: { key } })
  if (answer.status !== 201) throw new Error(`not signed in: ${answer.text}`)
  return (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] as string
}
