import http from 'node:http'

/**
 * Callers of one route in a process of their own, each over its own connection: the next request leaves when the answer to
 * the last one is there. Messages: a route begins it, `stop` ends it and is answered by the number of answers.
 */
export interface CalledRoute {
  readonly url: string
  readonly method: string
  readonly key: string
  readonly callers: number
  readonly status: number
  /** In base64. */
  readonly body?: string
  readonly mediaType?: string
}

const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity })
let isOn = false
let answers = 0
let running: Promise<unknown> = Promise.resolve()

function ask({ url, method, key, status, body, mediaType }: CalledRoute): Promise<void> {
  const content = body === undefined ? undefined : Buffer.from(body, 'base64')
  const headers = {
    authorization: `Bearer ${key}`,
    ...(content === undefined
      ? {}
      : { 'content-type': mediaType ?? 'application/json', 'content-length': content.length }),
  }
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, agent, headers }, (response) => {
      response.resume()
      response.once('error', reject)
      response.once('end', () => {
        answers += 1
        if (response.statusCode === status) resolve()
        else reject(new Error(`${method} ${url} was answered by ${response.statusCode}`))
      })
    })
    request.once('error', reject)
    request.end(content)
  })
}

async function call(route: CalledRoute): Promise<void> {
  while (isOn) await ask(route)
}

process.on('message', (message: CalledRoute | 'stop') => {
  if (message === 'stop') {
    isOn = false
    running.then(
      () => process.send?.({ answers }),
      (error: Error) => process.send?.({ error: error.message }),
    )
    return
  }
  isOn = true
  answers = 0
  running = Promise.all(Array.from({ length: message.callers }, () => call(message)))
  // What fails is answered to `stop`.
  running.catch(() => undefined)
  process.send?.('begun')
})
