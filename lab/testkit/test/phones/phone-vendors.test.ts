import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readStatusList } from '@assay/evidence/android-key-attestation'
import { startPhoneVendors, type PhoneVendors, type TestVendors } from '../../src/index.ts'

const installed = { package: 'com.example.app', versionCode: 7, signers: ['ab'.repeat(32)] }
const appId = 'ABCDE12345.com.example.app'
let vendors: PhoneVendors
let folder: string

beforeAll(async () => {
  vendors = await startPhoneVendors()
  folder = await mkdtemp(path.join(os.tmpdir(), 'assay-vendors-'))
})
afterAll(async () => {
  await vendors.close()
  await rm(folder, { recursive: true })
})

async function written(): Promise<Required<TestVendors>> {
  const file = path.join(folder, 'vendors.json')
  await vendors.write(file)
  return JSON.parse(await readFile(file, 'utf8')) as Required<TestVendors>
}

it('a service is told of their roots and addresses', async () => {
  const { apple, google, status_list, token_api } = await written()
  for (const pem of [...apple, ...google]) expect(pem).toContain('BEGIN CERTIFICATE')
  expect([apple.length, google.length]).toEqual([1, 2])
  expect(status_list).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/attestation\/status$/)
  expect(token_api).toBe(new URL(status_list).origin)
})

it('two keyboxes are listed from the beginning, and others when they are revoked', async () => {
  const { keyboxes, pixel, revoke } = vendors.phones(installed, appId)
  const { status_list: url } = await written()
  const stateOf = async ({ serials }: { serials: readonly string[] }) =>
    readStatusList(await (await fetch(url)).json()).get(serials[0] as string)
  expect([await stateOf(keyboxes.revoked), await stateOf(keyboxes.suspended)]).toEqual([
    'revoked',
    'suspended',
  ])
  const { keybox } = pixel()
  expect(await stateOf(keybox)).toBeUndefined()
  revoke(keybox)
  expect(await stateOf(keybox)).toBe('revoked')
})

it('every Pixel has a keybox of its own, and phones of a batch share one', () => {
  const { pixel, newBatch } = vendors.phones(installed, appId)
  expect(pixel().keybox).not.toBe(pixel().keybox)
  const keybox = newBatch()
  expect(pixel({ keybox }).keybox).toBe(keybox)
})
