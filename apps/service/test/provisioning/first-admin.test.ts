import { fixedRandom } from '@assay/testkit/fixed'
import { expect, it } from 'vitest'
import { createApiKeyUseCases } from '../../src/provisioning/api-keys.usecases.ts'
import { createApiKeyRepository } from '../../src/storage/repositories/api-keys.repository.ts'
import { sqliteWorld } from '../storage/support/sqlite-world.ts'
import { rowMacs } from '../storage/support/examples.ts'

const world = sqliteWorld()
const secret = `assay_${'a'.repeat(43)}`

async function useCases() {
  const apiKeys = createApiKeyRepository({ ...(await world.open()), macs: rowMacs })
  return createApiKeyUseCases({ apiKeys, clock: () => 0, random: fixedRandom('first admin') })
}

it('nodes with one secret that start at the same moment have one first admin key', async () => {
  const { addFirstAdmin, authenticate, list } = await useCases()
  const made = await Promise.all([1, 2, 3, 4].map(() => addFirstAdmin(secret)))
  expect(made.filter((key) => key !== undefined)).toHaveLength(1)
  expect((await list({ limit: 10, after: undefined })).keys).toHaveLength(1)
  expect(await authenticate(secret)).toMatchObject({ scope: 'admin' })
})

it('a second first admin key is refused', async () => {
  const { addFirstAdmin, authenticate } = await useCases()
  await addFirstAdmin(secret)
  const other = `assay_${'b'.repeat(43)}`
  expect(await addFirstAdmin(other)).toBeUndefined()
  expect(await authenticate(other)).toBeUndefined()
})
