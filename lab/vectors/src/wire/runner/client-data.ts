import { createAssayClient, memoryImage, type InstallationKey } from '@assay/client'
import { exercises } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { bindingInput, encodeBase64url, type ProbeAnswer, type PublicJwk } from '@assay/protocol'
import { sha256 } from '../material/bytes.ts'
import { bytesOf, imageOf, type SegmentInput } from '../material/image.ts'
import { member, orMisuse, Refusal, type Answering } from './answering.ts'

/** Through the public client, which measures, writes and has it signed; only the service is played. */
export const answerClientData: Answering = async (input) => {
  let signed: Uint8Array | undefined
  const key: InstallationKey = {
    publicJwk: member<PublicJwk>(input, 'key'),
    sign: (data) => ((signed = data), new Uint8Array(64)),
  }
  let bytes: Buffer | undefined
  const client = createAssayClient({
    endpoints: ['https://attest.example'],
    app: member(input, 'app'),
    build: member(input, 'build'),
    audiences: Object.fromEntries(
      member<string[]>(input, 'audiences').map((audience, i) => [`https://${i}.example`, audience]),
    ),
    image: memoryImage(
      member<SegmentInput[]>(input, 'segments').map((segment) => ({ ...segment, bytes: bytesOf(segment) })),
    ),
    ...(input['abi'] === undefined ? {} : { abi: member<string>(input, 'abi') }),
    text: () => {
      const sections = input['text'] as SegmentInput[] | null | undefined
      return sections ? imageOf(sections) : undefined
    },
    crypto: nodeCrypto,
    keyStore: { open: async () => key, renew: async () => key },
    probes: member<[string, ProbeAnswer][]>(input, 'probes').map(([name, answer]) => ({
      name,
      ask: () => answer,
    })),
    live: { functions: {}, exercises },
    evidence: member<string[]>(input, 'evidence').map((format) => ({
      prepare: () => ({ format, collect: () => ({ format }) }),
    })),
    fetch: async (url, init) => {
      if ((url as string).endsWith('/v1/challenges')) {
        const { challenge, plan } = input
        return Response.json({
          attestation_challenge: challenge,
          plan,
          expires_in: 120,
          evidence: 'enrolment',
        })
      }
      const { client_data } = JSON.parse(init?.body as string) as { client_data: string }
      bytes = Buffer.from(client_data, 'base64url')
      return Response.json({ code: 'attestation_denied' }, { status: 403 })
    },
    clock: { monotonic: () => 0, wall: () => 0 },
    random: (length) => new Uint8Array(length),
    timers: {
      set: (callback, milliseconds) => (milliseconds < 5000 ? setImmediate(callback) : undefined),
      clear: () => undefined,
    },
  })
  if (input['reference'] !== undefined) orMisuse(() => client.setReference(member(input, 'reference')))
  const error = await client
    .getToken(member<string[]>(input, 'audiences')[0])
    .catch((thrown: unknown) => thrown as { code: string })
  client.close()
  if (bytes === undefined || signed === undefined) throw new Refusal((error as { code: string }).code)
  return rename(bytes, Buffer.from(signed), member(input, 'sdk'))
}

/** The SDK calls itself by its own name, and the case by another. */
function rename(bytes: Buffer, signed: Buffer, sdk: string) {
  const renamed = (of: Buffer) =>
    Buffer.from(of.toString('latin1').replace(/"sdk":"[^"]*"/, `"sdk":"${sdk}"`), 'latin1')
  const clientData = renamed(bytes)
  return {
    client_data: encodeBase64url(clientData),
    binding: encodeBase64url(sha256(bindingInput(clientData))),
    signed: encodeBase64url(sha256(renamed(signed))),
  }
}
