import { X509Certificate } from 'node:crypto'

/** The `code` with which something refuses, or `accepted`. */
export async function codeOf(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return (error as { code?: unknown }).code ?? error
  }
  return 'accepted'
}

/** Trust anchors from PEM, as a service makes them. */
export function anchorsOf(roots: readonly string[]): { name: string; publicKey: Uint8Array }[] {
  return roots.map((pem) => ({
    name: new X509Certificate(pem).subject,
    publicKey: new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }),
  }))
}
