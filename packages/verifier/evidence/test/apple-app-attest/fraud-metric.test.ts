import { decodeBase64url } from '@assay/protocol'
import { createAppleCa, newAppAttestKey, type AppleCa } from '@assay/testkit'
import { fixedBytes, fixedKeyPair } from '@assay/testkit/fixed'
import { describe, expect, test } from 'vitest'
import {
  appAttestAnchor,
  appAttestSchemes,
  verifyReceipt,
  type AskAboutReceipt,
  type ReceiptExpectation,
} from '../../src/apple-app-attest/index.ts'
import { buildSignedData, signerInfo } from '../../../codec/test/cms/build-signed-data.ts'
import { octets, sequence, set } from '../../../codec/test/der/encode.ts'
import { extension } from '../../../codec/test/x509/issue-certificate.ts'
import { codeOf } from '../codes.ts'
import {
  attestedKeys,
  basicConstraints,
  certificate,
  name,
  rootKeys,
  spkiOf,
  validity,
} from './apple-authority.ts'

const appId = 'ABCDE12345.com.example.app'
const now = 1_790_000_000
const day = 86_400
const settings = { app_ids: [appId], environments: ['production' as const], system: 'ios' as const }
const app = { id: 'com.example.app', package: 'com.example.app', signers: [] }
/** RFC 8410: the OID ends in 110 for X25519, in 112 for Ed25519. */
const spkiOfCurve = (last: 110 | 112) =>
  Buffer.concat([Buffer.from('302a300506032b65', 'hex'), Buffer.of(last, 3, 33, 0), fixedBytes('curve', 32)])
const pem = (kind: 'P-256' | 'Ed25519') =>
  fixedKeyPair(kind, 'team').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const teamKey = { team_id: 'ABCDE12345', key_id: 'KEYID67890', private_key: pem('P-256') }

function world(ca: AppleCa = createAppleCa({ now: () => now * 1000 })) {
  const anchor = appAttestAnchor('test', ca.root)
  const asked: Parameters<AskAboutReceipt>[0][] = []
  let answer: AskAboutReceipt = ({ receipt }) =>
    Promise.resolve({ kind: 'renewed', receipt: ca.renewReceipt(Buffer.from(receipt)) as Uint8Array })
  const [scheme] = appAttestSchemes([anchor], {
    anchors: [anchor],
    ask: (question) => {
      asked.push(question)
      return answer(question)
    },
  })
  const device = {}
  const commitment = scheme.commitment('b'.repeat(43))
  const accept = async (change: (attestation: Buffer) => Buffer = (same) => same) => {
    const item = ca.attest(newAppAttestKey(), { appId, clientDataHash: commitment, device }) as unknown as {
      format: string
      key_id: string
      attestation: string
    }
    const attestation = change(Buffer.from(decodeBase64url(item.attestation) as Uint8Array)).toString(
      'base64url',
    )
    return scheme.verify(scheme.parse({ ...item, attestation }), {
      app,
      settings,
      commitment,
      now,
      asker: { network: '192.0.2', vouchingKey: undefined, isVouchable: false },
      secret: () => Promise.resolve(undefined),
    })
  }
  const inquire = async (
    kept: { remembered?: unknown; receipt?: Uint8Array },
    secret: unknown = teamKey,
    at = now,
  ) => {
    const { claims } = await scheme.recall!(kept.remembered, { app, settings })
    return scheme.inquire!(
      { claims, receipt: kept.receipt as Uint8Array },
      { app, settings, now: at, secret: () => Promise.resolve(secret) },
    )
  }
  return {
    anchor,
    ca,
    asked,
    accept,
    inquire,
    scheme,
    answerWith: (next: AskAboutReceipt) => void (answer = next),
  }
}

describe('a receipt', () => {
  const kept = async () => {
    const { accept, anchor } = world()
    const { receipt, verified } = await accept()
    const expected: ReceiptExpectation = {
      anchors: [anchor],
      appId,
      publicKey: verified.claims.publicKey,
      type: 'ATTEST',
      now,
    }
    return { receipt: receipt as Uint8Array, expected }
  }

  test('is verified up to the root, and read', async () => {
    const { receipt, expected } = await kept()
    expect(verifyReceipt(receipt, expected)).toMatchObject({ appId, type: 'ATTEST', createdAt: now })
  })

  test.each<[string, Partial<ReceiptExpectation>]>([
    ['another app', { appId: 'ABCDE12345.com.example.other' }],
    ['another kind', { type: 'RECEIPT' }],
    ['another root', { anchors: [appAttestAnchor('other', createAppleCa().root)] }],
    ['no root', { anchors: [] }],
    ['a later time', { now: now + 301 }],
    ['another key', { publicKey: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } }],
  ])('is refused where %s is expected', async (_what, wrong) => {
    const { receipt, expected } = await kept()
    expect(await codeOf(() => verifyReceipt(receipt, { ...expected, ...wrong }))).toBe('APP_ATTEST_RECEIPT')
  })

  test('is refused with any byte of its content changed', async () => {
    const { receipt, expected } = await kept()
    const changed = Buffer.from(receipt)
    const at = changed.indexOf('ATTEST')
    changed.write('attest', at)
    expect(await codeOf(() => verifyReceipt(changed, { ...expected, type: 'attest' as 'ATTEST' }))).toBe(
      'APP_ATTEST_RECEIPT',
    )
    expect(await codeOf(() => verifyReceipt(Buffer.from('receipt'), expected))).toBe('APP_ATTEST_RECEIPT')
  })

  test.each([
    ['is none', sequence()],
    ['signs nothing', spkiOfCurve(110)],
    ['signs otherwise', spkiOfCurve(112)],
    ['has signed nothing of it', spkiOf(attestedKeys)],
  ])('from an authority whose key %s is refused, and no malfunction', async (_, spki) => {
    const { expected } = await kept()
    const dates = validity('2020-01-01', '2040-01-01')
    const signed = { validity: dates, signer: rootKeys, hash: 'sha256' as const }
    const marked = extension('1.2.840.113635.100.12.15', Buffer.of(5, 0))
    const certificates = [
      certificate({
        ...signed,
        ...{ subject: name('Signer'), issuer: name('CA'), spki: spkiOf(attestedKeys) },
        extensions: [marked],
      }),
      certificate({
        ...signed,
        ...{ subject: name('CA'), issuer: name('Root'), spki, extensions: [basicConstraints(true)] },
      }),
    ]
    const content = set()
    const signer = signerInfo(content, { keys: attestedKeys, issuer: name('CA'), serial: 4711 })
    const receipt = buildSignedData({ certificates, content: octets(content), signerInfos: [signer] })
    expect(await codeOf(() => verifyReceipt(receipt, expected))).toBe('APP_ATTEST_RECEIPT')
  })

  test('that does not verify is not kept, and denies nothing', async () => {
    const { accept } = world()
    const accepted = await accept((attestation) => {
      attestation.write('BTTEST', attestation.indexOf('ATTEST'))
      return attestation
    })
    expect(accepted.receipt).toBeUndefined()
    expect(accepted.vouchingKey).toBeDefined()
    expect((await accept()).receipt).toBeDefined()
  })
})

describe('asking about a receipt', () => {
  test('adds to what is remembered how many keys the device has attested', async () => {
    const { accept, inquire, scheme, asked } = world()
    await accept()
    const second = await accept()
    const { remembered, receipt, askAgainAt } = await inquire(second)
    expect((await scheme.recall!(remembered, { app, settings })).claims.riskMetric).toBe(2)
    expect(askAgainAt).toBe(now + day)
    expect(asked[0]).toMatchObject({
      environment: 'production',
      key: { teamId: 'ABCDE12345', keyId: 'KEYID67890' },
    })
    expect(await inquire({ remembered, receipt: receipt as Uint8Array })).toMatchObject({
      askAgainAt: now + day,
    })
  })

  test('comes to nothing without a key, too early, or where nothing is known', async () => {
    const { accept, inquire, answerWith, asked } = world()
    const kept = await accept()
    expect(await inquire(kept, null)).toEqual({ askAgainAt: now + 3600 })
    expect(asked).toEqual([])
    answerWith(() => Promise.resolve({ kind: 'too_early' }))
    expect(await inquire(kept)).toEqual({ askAgainAt: now + 3600 })
    answerWith(() => Promise.resolve({ kind: 'unknown' }))
    expect(await inquire(kept)).toEqual({ askAgainAt: undefined })
    expect(await inquire(kept, teamKey, now + 91 * day)).toEqual({ askAgainAt: undefined })
  })

  test('is a malfunction if the answer is invalid, or about another key', async () => {
    const { accept, inquire, answerWith, ca } = world()
    const [kept, other] = [await accept(), await accept()]
    answerWith(() => Promise.reject(new Error('down')))
    await expect(inquire(kept)).rejects.toThrow('down')
    answerWith(() =>
      Promise.resolve({
        kind: 'renewed',
        receipt: ca.renewReceipt(Buffer.from(other.receipt as Uint8Array)) as Uint8Array,
      }),
    )
    expect(await codeOf(() => inquire(kept))).toBe('APP_ATTEST_RECEIPT')
  })

  test('needs a key of the form that Apple gives out', () => {
    const [scheme] = appAttestSchemes([world().anchor])
    const isUsable = scheme.settings.secret!.isUsable
    expect(isUsable(teamKey)).toBe(true)
    for (const wrong of [
      {},
      { ...teamKey, private_key: 'x'.repeat(200) },
      { ...teamKey, private_key: pem('Ed25519') },
    ])
      expect(isUsable(wrong)).toBe(false)
    expect(scheme.inquire).toBeUndefined()
  })
})

test('a renewed receipt without a count changes nothing that is remembered', async () => {
  const { ca, accept, inquire, answerWith } = world()
  const accepted = await accept()
  answerWith(async ({ receipt }) => ({
    kind: 'renewed',
    receipt: ca.renewReceipt(Buffer.from(receipt), 'not counted') as Uint8Array,
  }))
  const inquiry = await inquire(accepted)
  expect(inquiry.receipt).toBeDefined()
  expect(inquiry).not.toHaveProperty('remembered')
  // The receipt of the attestation itself is none that Apple answers with.
  answerWith(({ receipt }) => Promise.resolve({ kind: 'renewed', receipt }))
  expect(await codeOf(() => inquire(accepted))).toBe('APP_ATTEST_RECEIPT')
})

test('an attestation without a receipt is as good', async () => {
  const { accept } = world()
  const accepted = await accept((attestation) => {
    attestation.write('receipX', attestation.indexOf('receipt'))
    return attestation
  })
  expect(accepted.receipt).toBeUndefined()
  expect(accepted.vouchingKey).toBeDefined()
})

test('a malfunction while a receipt is verified is one', async () => {
  const ca = createAppleCa({ now: () => now * 1000 })
  const anchor = appAttestAnchor('test', ca.root)
  const broken = new Proxy([anchor], {
    get: () => {
      throw new Error('no anchors can be read')
    },
  })
  const [scheme] = appAttestSchemes([anchor], {
    anchors: broken,
    ask: () => Promise.reject(new Error('not asked')),
  })
  const commitment = scheme.commitment('b'.repeat(43))
  const item = ca.attest(newAppAttestKey(), { appId, clientDataHash: commitment, device: {} })
  const verified = async () =>
    scheme.verify(scheme.parse(item), {
      app,
      settings,
      commitment,
      now,
      asker: { network: '192.0.2', vouchingKey: undefined, isVouchable: false },
      secret: () => Promise.resolve(undefined),
    })
  await expect(verified()).rejects.toThrow('no anchors can be read')
})
