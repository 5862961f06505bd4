import { createServer, type IncomingMessage } from 'node:http'
import { createPublicKey, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { decodeBase64url } from '@assay/protocol'
import { newKeyPair, type AndroidPhone } from '@assay/testkit'

/** The secure hardware of simulated phones: attests keys for programs that ask over HTTP. */
export interface KeyMint {
  /** The URL for a phone of this kind. @param fault the error number that its key store returns instead of a chain */
  urlOf(phone: AndroidPhone, fault?: string): string
  close(): Promise<void>
}

interface Hardware {
  readonly phone: AndroidPhone
  readonly fault: string | undefined
}

interface KeyRequest {
  spki: string
  challenge: string | null
  strong_box: boolean
}

export async function startKeyMint(): Promise<KeyMint> {
  const all = new Map<string, Hardware>()
  const server = createServer((request, response) => {
    void answer(request, all.get(request.url ?? '')).then((body) => response.end(JSON.stringify(body)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    urlOf(phone, fault) {
      const path = `/${randomUUID()}`
      all.set(path, { phone, fault })
      return `http://127.0.0.1:${port}${path}`
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function answer(request: IncomingMessage, hardware: Hardware | undefined): Promise<object> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const { spki, challenge } = JSON.parse(Buffer.concat(chunks).toString()) as KeyRequest
  if (hardware === undefined) return { fault: '-49' }
  // An unattested key still has a certificate.
  const commitment = challenge === null ? new Uint8Array(1) : decodeBase64url(challenge)
  if (challenge !== null && hardware.fault !== undefined) return { fault: hardware.fault }
  const der = decodeBase64url(spki)
  if (commitment === undefined || der === undefined) return { fault: '-38' }
  const publicKey = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
  const { chain } = hardware.phone.attestKey(
    { ...newKeyPair('P-256'), publicKey, spki: Buffer.from(der) },
    commitment,
  )
  return { chain }
}
