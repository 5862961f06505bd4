import type { RequestListener } from 'node:http'

/**
 * Lets pages of these origins call the API (Fetch standard, CORS protocol): they may send token and proof, and read
 * what the API says about them. A preflight carries neither, so it is answered in front of the guard.
 */
export function allowOrigins(origins: readonly string[], listener: RequestListener): RequestListener {
  return (request, response) => {
    const { origin } = request.headers
    response.appendHeader('Vary', 'Origin')
    if (origin === undefined || !origins.includes(origin)) return listener(request, response)
    response.setHeader('Access-Control-Allow-Origin', origin)
    if (request.method !== 'OPTIONS') {
      response.setHeader('Access-Control-Expose-Headers', 'DPoP-Nonce, WWW-Authenticate')
      return listener(request, response)
    }
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST')
    response.setHeader(
      'Access-Control-Allow-Headers',
      'Authorization, Content-Type, DPoP, OAuth-Client-Attestation, Assay-Status',
    )
    response.writeHead(204).end()
  }
}
