/**
 * `__Host-`: for this host only, over a channel that the browser considers secure; loopback is secure without https.
 */
const name = '__Host-assay-console'
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict'

/** @param id of the session, base64url */
export function setSessionCookie(id: string, seconds: number): string {
  return `${name}=${id}; ${attributes}; Max-Age=${seconds}`
}

export const clearSessionCookie = `${name}=; ${attributes}; Max-Age=0`

/** The id in a `Cookie` field; undefined: there is none, or there are several, so that it is unclear which counts. */
export function sessionIdIn(cookie: string | undefined): string | undefined {
  const values = (cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  const [value = ''] = values
  return values.length === 1 && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined
}
