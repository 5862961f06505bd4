import { expect, test } from 'vitest'
import {
  PlayIntegrityError,
  playIntegrity,
  playIntegrityContext,
  UndecodableTokenError,
  type DecodeToken,
} from '../../../src/play-integrity/index.ts'
import { UnavailableError } from '../../../src/index.ts'
import { codeOf } from '../../codes.ts'
import {
  appIntegrity,
  binding,
  contextInput,
  genuine,
  itemOf,
  now,
  requestDetails,
  token,
} from '../google-play.ts'

const { decryptionKey: _1, verificationKey: _2, ...expectation } = contextInput
const { nonce: _3, ...request } = requestDetails
const standard = { ...genuine, requestDetails: { ...request, requestHash: binding } }

function verifying(decode: DecodeToken, text = 'CoYDAUtEs2Xl_') {
  const context = playIntegrityContext({ ...expectation, request: 'standard', decode })
  return playIntegrity.verify(playIntegrity.parse(itemOf(text)), context)
}
const answering = (payload: unknown) => codeOf(() => verifying(() => Promise.resolve(payload)))

test("Google's answer about a token becomes verified claims", async () => {
  const asked: string[][] = []
  const { format, claims } = await verifying((...question) => {
    asked.push(question)
    return Promise.resolve(standard)
  })
  expect(asked).toEqual([['com.example.app', 'CoYDAUtEs2Xl_']])
  expect(format).toBe('play-integrity')
  expect(claims).toMatchObject({ package: 'com.example.app', requestedAt: now - 3, versionCode: 42 })
})

test('Google is asked about an encrypted token as well: it can read it', async () => {
  const text = token()
  const decode: DecodeToken = (_, asked) => Promise.resolve(asked === text ? standard : {})
  expect(await codeOf(() => verifying(decode, text))).toBe('accepted')
})

test('PLAY_INTEGRITY_UNDECODABLE: Google says that it is no token of the package', async () => {
  const cause = new UndecodableTokenError({ cause: 'answer 400' })
  expect(cause).toMatchObject({ name: 'UndecodableTokenError', cause: 'answer 400' })
  expect(cause.message).not.toBe('')
  const fault: unknown = await verifying(() => Promise.reject(cause)).catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(PlayIntegrityError)
  expect(fault).toMatchObject({ code: 'PLAY_INTEGRITY_UNDECODABLE', cause })
})

test('any other error of decoding is passed on unchanged: a malfunction', async () => {
  const fault = Object.assign(new Error('the quota is spent'), { code: 'VENDOR' })
  await expect(verifying(() => Promise.reject(fault))).rejects.toBe(fault)
  await expect(
    verifying(() => {
      throw fault
    }),
  ).rejects.toBe(fault)
})

test.each([
  ['nothing', undefined],
  ['null', null],
  ['text', JSON.stringify(standard)],
  ['a list', [standard]],
  ['an empty object', {}],
  ['the answer, still wrapped', { tokenPayloadExternal: standard }],
  ['a time that is a number', { ...standard, requestDetails: { ...request, timestampMillis: 1 } }],
  ['a verdict of another type', { ...standard, appIntegrity: { appRecognitionVerdict: 1 } }],
])('an answer that is no verdict is a malfunction, and no refusal: %s', async (_, payload) => {
  const fault = await answering(payload)
  expect(fault).toBeInstanceOf(UnavailableError)
  expect(fault).toMatchObject({ cause: { code: 'PLAY_INTEGRITY_PAYLOAD' } })
})

test.each([
  [
    'PLAY_INTEGRITY_REQUEST_PACKAGE',
    { requestDetails: { ...request, requestPackageName: 'com.example.other' } },
  ],
  ['PLAY_INTEGRITY_COMMITMENT', { requestDetails }],
  ['PLAY_INTEGRITY_COMMITMENT', { requestDetails: { ...request, requestHash: `${binding}=` } }],
  ['PLAY_INTEGRITY_STALE', { requestDetails: { ...standard.requestDetails, timestampMillis: '1' } }],
  ['PLAY_INTEGRITY_TEST_RESPONSE', { testingDetails: { isTestingResponse: true } }],
  ['PLAY_INTEGRITY_UNEVALUATED', { appIntegrity: { appRecognitionVerdict: 'UNEVALUATED' } }],
  ['PLAY_INTEGRITY_PACKAGE', { appIntegrity: { ...appIntegrity, packageName: 'com.example.other' } }],
  ['PLAY_INTEGRITY_CERTIFICATE', { appIntegrity: { ...appIntegrity, certificateSha256Digest: [] } }],
])('the same checks follow: %s', async (code, members) => {
  expect(await answering({ ...standard, ...members })).toBe(code)
})
