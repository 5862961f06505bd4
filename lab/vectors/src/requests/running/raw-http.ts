import { connect } from 'node:net'

export interface RawResponse {
  readonly status: number
  /** Lower-case names; of a repeated field, every value. */
  readonly fields: Readonly<Record<string, readonly string[]>>
  readonly body: string
}

/** Sends exactly these bytes and reads until the server closes. Several responses, if several came. */
export async function sendRaw(port: number, text: string): Promise<RawResponse[]> {
  const received = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(text, 'latin1')))
    // A server that waits for more gets no more.
    const patience = setTimeout(() => socket.end(), 5000)
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
    ;(fields[line.slice(0, colon).toLowerCase()] ??= []).push(line.slice(colon + 1).trim())
  }
  const body = rest.join('\r\n\r\n')
  const isChunked = fields['transfer-encoding']?.[0] === 'chunked'
  return { status: Number(statusLine.split(' ')[1]), fields, body: isChunked ? unchunked(body) : body }
}

function unchunked(body: string): string {
  let text = ''
  for (let at = 0; ;) {
    const end = body.indexOf('\r\n', at)
    const length = end === -1 ? 0 : parseInt(body.slice(at, end), 16)
    if (!(length > 0)) return text
    text += body.slice(end + 2, end + 2 + length)
    at = end + 2 + length + 2
  }
}
