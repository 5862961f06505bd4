const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * An absolute URL without user, query and fragment, whose scheme is https, or http on this machine (or anywhere, if
 * `insecure`). `undefined` for anything else.
 */
export function readSecureUrl(text: string, insecure: boolean): URL | undefined {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return undefined
  }
  if (url.username || url.password || url.search || url.hash) return undefined
  if (url.protocol === 'https:') return url
  return url.protocol === 'http:' && (insecure || loopback.test(url.hostname)) ? url : undefined
}
