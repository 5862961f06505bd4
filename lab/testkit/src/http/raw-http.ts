import { connect } from 'node:net'

export interface RawResponse {
  status: number
  /** Names in lower case; a repeated field has its last value. */
  fields: Readonly<Record<string, string>>
  body: string
}

/** Milliseconds of silence after which a server that waits for more gets no more: before its first byte, and after that. */
const patience = { first: 10_000, next: 1000 }

/**
 * Sends exactly these bytes (characters up to U+00FF) to a port of this machine and reads until the server closes. As
 * many responses as came: none, or more than one where the server saw several requests.
 */
export async function sendRaw(port: number, bytes: string): Promise<RawResponse[]> {
  const received = await new Promise<string>((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')))
    let timer = setTimeout(() => socket.end(), patience.first)
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      clearTimeout(timer)
      timer = setTimeout(() => socket.end(), patience.next)
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString('latin1'))
    })
  })
  return received
    .split(/(?=HTTP\/1\.1 [0-9]{3} )/)
    .filter((part) => part !== '')
    .map(parse)
}

function parse(text: string): RawResponse {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const fields: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    fields[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return { status: Number(statusLine.split(' ')[1]), fields, body: text.slice(end + 4) }
}
