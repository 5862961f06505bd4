import type { ServerResponse } from 'node:http'

/**
 * How an endpoint of a vendor behaves: correctly; not at all (connections end, or nothing ever comes); with a server
 * error; or with a malformed answer.
 */
export type Behaviour = 'sound' | 'down' | 'silent' | 'server-error' | 'nonsense' | 'other-shape' | 'endless'

/** Answers in place of a sound endpoint. Returns whether it did. */
export function misbehave(behaviour: Behaviour, response: ServerResponse): boolean {
  switch (behaviour) {
    case 'sound':
      return false
    case 'down':
      response.destroy()
      return true
    case 'silent':
      return true
    case 'server-error':
      response.writeHead(503, { 'content-type': 'text/plain' }).end('Service Unavailable')
      return true
    case 'nonsense':
      response.writeHead(200, { 'content-type': 'application/json' }).end('<html>moved</html>')
      return true
    case 'other-shape':
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"unexpected":[]}')
      return true
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' })
      endless(response)
      return true
  }
}

/** White space before a value that never comes, until nobody listens. */
function endless(response: ServerResponse): void {
  const piece = Buffer.alloc(65_536, ' ')
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  }
  response.on('drain', more)
  more()
}
