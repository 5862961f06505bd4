import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import * as authority from '../apple-app-attest/apple-authority.ts'
import { assertionItem } from '../apple-app-attest/assertion-item.ts'
import * as phone from '../android-key-attestation/phone.ts'
import { challenge as phonesChallenge } from '../android-key-attestation/write-key-description.ts'
import * as play from '../play-integrity/google-play.ts'
import { codeOf } from '../codes.ts'
import { verifyNewKey, verifyRequest } from './app-attest.ts'
import { isGoodPhone, keepStatusList, verifyKey } from './key-attestation.ts'
import { isGoodVerdict, verifyToken } from './play-integrity.ts'

/** The programs of README.md are these files, and do what they say. */

const readme = readFileSync(path.resolve(import.meta.dirname, '../../README.md'), 'utf8')

test.each(['app-attest.ts', 'key-attestation.ts', 'play-integrity.ts'])('README has %s', (file) => {
  const text = readFileSync(path.join(import.meta.dirname, file), 'utf8')
  expect(readme).toContain(`\`\`\`ts\n${text}\`\`\``)
})

describe('App Attest', () => {
  const challenge = Buffer.from('a challenge of the server')
  const { now, anchor } = authority
  const commitment = authority.sha256(challenge)
  const keyId = authority.keyIdOf(authority.attestedKeys)
  const attestation = authority.attestation({ commitment })

  test('a genuine key is verified once, and then signs requests', async () => {
    const stored = await verifyNewKey({ challenge, keyId, attestation }, now, [anchor])
    expect(stored.counter).toBe(0)
    const clientData = Buffer.from('{"order":1}')
    const { assertion } = assertionItem({ counter: 3, commitment: authority.sha256(clientData) })
    const sent = { clientData, assertion: Buffer.from(assertion, 'base64url') }
    const next = await verifyRequest(sent, stored)
    expect(next).toEqual({ ...stored, counter: 3 })
    expect(await codeOf(() => verifyRequest(sent, next))).toBe('APP_ATTEST_ASSERTION_COUNTER')
    expect(
      await codeOf(() => verifyRequest({ ...sent, clientData: Buffer.from('{"order":2}') }, stored)),
    ).toBe('APP_ATTEST_ASSERTION_SIGNATURE')
  })

  test('another challenge, and another root than that of Apple, are refused', async () => {
    const sent = { challenge, keyId, attestation }
    expect(
      await codeOf(() => verifyNewKey({ ...sent, challenge: Buffer.from('another') }, now, [anchor])),
    ).toBe('APP_ATTEST_NONCE')
    expect(await codeOf(() => verifyNewKey(sent, now))).toBe('APP_ATTEST_ANCHOR')
  })
})

describe('key attestation', () => {
  const { now } = phone
  const vendor = [{ name: 'vendor', publicKey: phone.spkiOf(phone.keys.root) }] as const
  const sent = { challenge: phonesChallenge, chain: phone.chainOf() }

  test('a genuine phone is verified with a status list, and not without', async () => {
    await expect(verifyKey(sent, now, vendor)).rejects.toThrow('no status list has been read')
    keepStatusList({ entries: {} }, now)
    const claims = await verifyKey(sent, now, vendor)
    expect(isGoodPhone(claims)).toBe(true)
    expect(isGoodPhone({ ...claims, deviceLocked: false })).toBe(false)
    await expect(verifyKey(sent, now + 86_401, vendor)).rejects.toThrow('too old')
  })

  test('another challenge, another root than those of Google, and a listed certificate are refused', async () => {
    keepStatusList({ entries: {} }, now)
    const another = { ...sent, challenge: Buffer.from('another') }
    expect(await codeOf(() => verifyKey(another, now, vendor))).toBe('ANDROID_KEY_COMMITMENT')
    expect(await codeOf(() => verifyKey(sent, now))).toBe('ANDROID_KEY_ANCHOR')
    keepStatusList({ entries: { d1: { status: 'REVOKED' } } }, now)
    expect(await codeOf(() => verifyKey(sent, now, vendor))).toBe('ANDROID_KEY_REVOKED')
  })
})

describe('Play Integrity', () => {
  const { now } = play
  const keys = {
    decryption: play.decryptionSecret.toString('base64'),
    verification: play.verificationKeys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  }
  const sent = { nonce: play.binding, token: play.token() }

  test('a genuine verdict is verified', async () => {
    const claims = await verifyToken(sent, keys, now)
    expect(isGoodVerdict(claims)).toBe(true)
    expect(isGoodVerdict({ ...claims, deviceRecognitionVerdict: [] })).toBe(false)
  })

  test('another nonce, and an old verdict, are refused', async () => {
    const another = { ...sent, nonce: `${play.binding.slice(1)}A` }
    expect(await codeOf(() => verifyToken(another, keys, now))).toBe('PLAY_INTEGRITY_COMMITMENT')
    expect(await codeOf(() => verifyToken(sent, keys, now + 3600))).toBe('PLAY_INTEGRITY_STALE')
  })
})
