import { connect } from 'node:net'

export interface RawResponse {
  status: number
  /** Lower-case names; of a repeated field, every value. */
  fields: Record<string, string[]>
  body: string
}

/** Sends exactly these bytes and reads until the server closes. Several responses, if several came. */
export async function sendRaw(port: number, text: string): Promise<RawResponse[]> {
  const received = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(text, 'latin1')))
    // A server that waits for more gets no more.
    const patience = setTimeout(() => socket.end(), 1000)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => (clearTimeout(patience), resolve(Buffer.concat(chunks).toString('latin1'))))
  })
  return received
    .split(/(?=HTTP\/1\.1 [0-9]{3} )/)
    .filter((part) => part !== '')
    .map(parse)
}

function parse(text: string): RawResponse {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const fields: Record<string, string[]> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    ;(fields[name] ??= []).push(line.slice(colon + 1).trim())
  }
  return { status: Number(statusLine.split(' ')[1]), fields, body: rest.join('\r\n\r\n') }
}

/** A request line and fields as given, in this order, with `Connection: close`. */
export function rawRequest(line: string, fields: readonly (readonly [string, string])[], body = ''): string {
  const all = [
    ['Host', 'api.example.com'],
    ['Connection', 'close'],
    ...fields,
    ...(body ? [['Content-Length', String(body.length)]] : []),
  ]
  return `${line} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}
