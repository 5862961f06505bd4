import { AssayClientError } from '@assay/client'
import type { Json } from '../case/case.ts'
import { member, Refusal, type Answering } from './answering.ts'
import { goodChallenge, timelessClient } from './served-client.ts'

/** Through the public client, which the service answers in the same way however often it asks. */
export const answerRefusals: Answering = async (input) => {
  const path = `/v1/${member<string>(input, 'path')}`
  const client = timelessClient({
    fetch: async (url) =>
      (url as string).endsWith(path)
        ? new Response(member(input, 'text'), {
            status: member(input, 'status'),
            headers: member<Record<string, string>>(input, 'headers'),
          })
        : goodChallenge(),
  })
  try {
    await client.getToken()
    return true
  } catch (error) {
    if (!(error instanceof AssayClientError)) throw error
    const { code, retryable, problem, trace, retryAfter, remedy } = error
    // That a good answer has no token for this API is not a fault of the answer.
    if (code === 'attestation_denied' && problem === undefined) return true
    throw new Refusal(code, {
      retryable,
      ...(problem === undefined ? {} : { problem }),
      ...(trace === undefined ? {} : { trace }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(remedy === undefined ? {} : { remedy: remedy as unknown as Json }),
    })
  } finally {
    client.close()
  }
}
