import 'reflect-metadata'
import { createHash, KeyObject, randomBytes, sign as signRaw, webcrypto, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A throw-away signing key with its self-signed certificate. */
export interface ApkSigner {
  name: string
  /** DER. */
  certificate: Buffer
  /** SHA-256 of the certificate, lower-case hex: how services name signers. */
  sha256: string
  /** DER SubjectPublicKeyInfo. */
  publicKey: Buffer
  privateKey: KeyObject
}

/** EC P-256. The certificate is valid from 2020 for 30 years. */
export async function createApkSigner(name: string): Promise<ApkSigner> {
  x509.cryptoProvider.set(globalThis.crypto)
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(8)
      .toString('hex')
      .replace(/^[89a-f]/, '1'),
    name: `CN=${name}`,
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2050-01-01T00:00:00Z'),
    keys,
    signingAlgorithm: algorithm,
  })
  const der = Buffer.from(certificate.rawData)
  return {
    name,
    certificate: der,
    sha256: createHash('sha256').update(der).digest('hex'),
    publicKey: new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' }),
    privateKey: KeyObject.from(keys.privateKey),
  }
}

const blockIds = { v2: 0x7109871a } as const
/** ECDSA with SHA-256, content digest SHA-256 in chunks of 1 MiB. */
const algorithmId = 0x0201
const chunkLength = 1 << 20
const magic = 'APK Sig Block 42'

/** Signs a ZIP with APK Signature Scheme v2. The archive must have no signing block yet and no comment. */
export function signApkV2(archive: Buffer, signer: ApkSigner): Buffer {
  const endOfDirectory = archive.length - 22
  if (archive.readUInt32LE(endOfDirectory) !== 0x06054b50) throw new Error('not a ZIP without comment')
  const directory = archive.readUInt32LE(endOfDirectory + 16)
  const sections = [
    archive.subarray(0, directory),
    archive.subarray(directory, endOfDirectory),
    archive.subarray(endOfDirectory),
  ]
  const block = signingBlock(
    blockIds.v2,
    lengthPrefixed(lengthPrefixed(signerBlock(contentDigest(sections), signer))),
  )
  const end = Buffer.from(archive.subarray(endOfDirectory))
  end.writeUInt32LE(directory + block.length, 16)
  return Buffer.concat([
    archive.subarray(0, directory),
    block,
    archive.subarray(directory, endOfDirectory),
    end,
  ])
}

function contentDigest(sections: readonly Buffer[]): Buffer {
  const chunks = sections.flatMap((section) => {
    const count = Math.ceil(section.length / chunkLength)
    return Array.from({ length: count }, (_, i) => section.subarray(i * chunkLength, (i + 1) * chunkLength))
  })
  const digests = chunks.map((chunk) => sha256(Buffer.from([0xa5]), uint32(chunk.length), chunk))
  return sha256(Buffer.from([0x5a]), uint32(digests.length), ...digests)
}

function signerBlock(digest: Buffer, signer: ApkSigner): Buffer {
  const digests = lengthPrefixed(Buffer.concat([uint32(algorithmId), lengthPrefixed(digest)]))
  const signedData = Buffer.concat([
    lengthPrefixed(digests),
    lengthPrefixed(lengthPrefixed(signer.certificate)),
    lengthPrefixed(Buffer.alloc(0)),
  ])
  const signature = signRaw('sha256', signedData, signer.privateKey)
  const signatures = lengthPrefixed(Buffer.concat([uint32(algorithmId), lengthPrefixed(signature)]))
  return Buffer.concat([
    lengthPrefixed(signedData),
    lengthPrefixed(signatures),
    lengthPrefixed(signer.publicKey),
  ])
}

function signingBlock(id: number, value: Buffer): Buffer {
  const pair = Buffer.concat([uint64(value.length + 4), uint32(id), value])
  const size = uint64(pair.length + 8 + magic.length)
  return Buffer.concat([size, pair, size, Buffer.from(magic, 'ascii')])
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function lengthPrefixed(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes])
}
