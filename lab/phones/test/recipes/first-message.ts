import type { Guard } from '@assay/guard'

/** For `onConnect` of graphql-ws: whether the first message, `connectionParams`, proves what a handshake would. */
export async function isAdmitted(guard: Guard, path: string, message: unknown): Promise<boolean> {
  const texts = Object.entries(Object(message) as object).filter(([, value]) => typeof value === 'string')
  const headers = Object.fromEntries(texts) as Record<string, string>
  return (await guard.verify({ method: 'GET', url: path, headers })).ok
}
