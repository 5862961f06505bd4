import { createHash, timingSafeEqual } from 'node:crypto'
import { expressOrders } from './frameworks/express.ts'
import { startListening, type RunningApi } from './listening.ts'

/** The header in which an app sends the secret that was built into it. */
export const secretHeader = 'x-api-key'

/**
 * Answers anyone who knows the secret that was built into the app: what the industry starts with. The comparison
 * itself is sound; that the secret is in every copy of the app is what is wrong with it.
 */
export function startEmbeddedSecretApi(secret: string): Promise<RunningApi> {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expected = digest(secret)
  return startListening(() =>
    expressOrders((request, response, next) => {
      if (timingSafeEqual(digest(request.get(secretHeader) ?? ''), expected)) next()
      else response.status(401).json({ code: 'wrong_api_key' })
    }),
  )
}
