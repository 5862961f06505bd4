import { expect, test } from 'vitest'
import { statusListPath } from '@assay/protocol'
import type { FetchDocument } from '@assay/guard'
import { audience, issuer, mintStatusList, newGuard } from '../minting.ts'

/** A service that has these APIs. */
function serviceWith(...registered: readonly string[]) {
  const asked: string[] = []
  const fetch: FetchDocument = async (url) => {
    asked.push(url)
    const known = registered.some((name) => url === issuer + statusListPath(name))
    return known
      ? new Response(mintStatusList(), { headers: { ETag: '"1"' } })
      : new Response(null, { status: 404 })
  }
  return { asked, fetch }
}

const messageOf = async (given: string, fetch: FetchDocument) => {
  const fault = await newGuard({ audience: given, statusList: { fetch } }).ready()
  return fault && [fault.code, fault.detail]
}

test.each([
  [`${audience}/`, audience],
  [audience, `${audience}/`],
  [`${audience}:8443`, audience],
  [`${audience}/Orders`, `${audience}/orders`],
])('a guard for %s says at its start that the API is %s', async (given, registered) => {
  expect(await messageOf(given, serviceWith(registered).fetch)).toEqual([
    'STATUS_LIST_FAILED',
    `the status list is not taken: status 404, because the API is registered as ${registered} and this guard has the audience ${given}`,
  ])
})

test('a guard of an API that is registered is ready, and one without a list as well', async () => {
  expect(await messageOf(audience, serviceWith(audience).fetch)).toBe(undefined)
  expect(await newGuard().ready()).toBe(undefined)
})

test('where no spelling is known, each was asked for once', async () => {
  const { asked, fetch } = serviceWith()
  expect(await messageOf(`${audience}:8443`, fetch)).toEqual([
    'STATUS_LIST_FAILED',
    'the status list is not taken: status 404',
  ])
  expect(asked).toEqual(
    [`${audience}:8443`, `${audience}:8443/`, audience].map((name) => issuer + statusListPath(name)),
  )
})
