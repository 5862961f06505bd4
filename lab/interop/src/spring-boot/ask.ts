import { Agent, request as send } from 'node:http'

/** Calls of the API, as its callers see it: by the name of the first node, whichever node answers. */
export function createCaller(name: string) {
  const agent = new Agent({ keepAlive: true })
  const host = new URL(name).host
  return {
    name,
    /** @returns status and, if it was refused, what the answer says why */
    async ask(
      fields: Readonly<Record<string, string | string[]>>,
      {
        at = name,
        target = '/orders',
        method = 'GET',
      }: { at?: string; target?: string; method?: string } = {},
    ): Promise<{ status: number; why: string }> {
      const { hostname, port } = new URL(at)
      return new Promise((resolve, reject) => {
        const headers = { ...fields, host }
        const asked = send({ agent, hostname, port, path: target, method, headers }, (response) => {
          const { statusCode: status = 0, headers } = response
          response.resume().on('end', () => resolve({ status, why: headers['www-authenticate'] ?? '' }))
        })
        asked.once('error', reject).end()
      })
    },
    close: () => agent.destroy(),
  }
}

export type Caller = ReturnType<typeof createCaller>
