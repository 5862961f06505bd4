import { decodeUtf8, parseStrictJson } from '@assay/protocol'
import { fetchDocument, readAtMost, type FetchSettings } from '../remote/fetch.ts'
import { describeKeys, KeySetError, type DescribedKey } from './key-set.ts'

const headers = { Accept: 'application/jwk-set+json, application/json' }

/** Fetches and reads a JWKS. @throws whatever went wrong: all of it is a malfunction to the caller. */
export function fetchKeys(settings: FetchSettings): Promise<DescribedKey[]> {
  const { maxBytes } = settings
  return fetchDocument(settings, headers, async (response) => {
    if (response.status !== 200) throw new KeySetError(`status ${response.status}`)
    const text = decodeUtf8(await readAtMost(response, maxBytes))
    const parsed =
      text === undefined ? undefined : parseStrictJson(text, { maxLength: maxBytes, maxDepth: 8 })
    if (parsed === undefined || !parsed.ok) throw new KeySetError('the body is not well-formed JSON')
    return describeKeys(parsed.value)
  })
}
