import http from 'node:http'

/**
 * Sends a request of a device, or a bare one, in the same way.
 *
 * @param more further headers
 * @returns the body of the answer
 */
export type Post = (url: string, body: string, more?: Readonly<Record<string, string>>) => Promise<string>

/**
 * Posts JSON over at most `count` connections to each server, which stay open.
 *
 * @param senderOf called for each request: the address that a proxy would name as its sender; by default there is no proxy
 */
export function createConnections(count: number, senderOf?: () => string): { post: Post; close(): void } {
  const agent = new http.Agent({ keepAlive: true, maxSockets: count })
  const post: Post = (url, body, more) =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(senderOf === undefined ? {} : { 'x-forwarded-for': senderOf() }),
        ...more,
      }
      const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.once('error', reject)
        response.once('end', () => {
          if (response.statusCode === 200) resolve(text)
          else reject(new Error(`a request of the benchmark was answered by ${response.statusCode}: ${text}`))
        })
      })
      request.once('error', reject)
      request.end(body)
    })
  return {
    post,
    close: () => {
      agent.destroy()
    },
  }
}
