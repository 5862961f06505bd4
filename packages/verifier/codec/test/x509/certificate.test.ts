import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { DerReader } from '../../src/der/index.ts'
import { equalNames, parseCertificate, parseName, readValidity } from '../../src/x509/index.ts'
import type { Certificate, CertificateOptions } from '../../src/x509/index.ts'
import * as der from '../der/encode.ts'
import { expectCode } from '../expect-code.ts'
import { commonName, defaultValidity, extension, issueCertificate } from './issue-certificate.ts'
import type { CertificateTemplate } from './issue-certificate.ts'

const keys = fixedKeyPair('P-256', 'signer')
const basicConstraints = extension('2.5.29.19', der.sequence(), true)
const keyUsage = extension('2.5.29.15', der.bits(Buffer.of(0x80), 7))

function parse(template: Omit<CertificateTemplate, 'keys'>, options?: CertificateOptions): Certificate {
  return parseCertificate(issueCertificate({ keys, ...template }), options)
}

describe('a certificate is cut into its parts', () => {
  const encoded = issueCertificate({ keys, serial: 0x8000n, extensions: [basicConstraints, keyUsage] })
  const certificate = parseCertificate(encoded)

  test('as another implementation reads them', () => {
    const reference = new X509Certificate(encoded)
    expect(Buffer.from(certificate.serialNumber).toString('hex')).toBe('008000')
    expect(reference.publicKey.export({ type: 'spki', format: 'der' })).toEqual(Buffer.from(certificate.spki))
    expect(readValidity(certificate.validity)).toEqual({
      notBefore: Date.parse(reference.validFrom),
      notAfter: Date.parse(reference.validTo),
    })
    expect(parseName(certificate.subject)).toMatchObject([[{ oid: '2.5.4.3', text: 'Signer' }]])
    expect(certificate.version).toBe(3)
    expect(certificate.encoded).toBe(encoded)
  })

  test('and the signature is over the signed part', () => {
    const key = createPublicKey({ key: Buffer.from(certificate.spki), format: 'der', type: 'spki' })
    expect(verify('sha256', certificate.tbs, key, certificate.signature)).toBe(true)
    expect(new DerReader(certificate.signatureAlgorithm).enter().readOid()).toBe('1.2.840.10045.4.3.2')
  })

  test('and bits of the signature that do not count are told', () => {
    const ending = (unused: number) =>
      parse({
        assemble: (tbs, algorithm) => der.sequence(tbs, algorithm, der.bits(Buffer.of(1, 0x80), unused)),
      })
    expect(certificate.unusedSignatureBits).toBe(0)
    expect(ending(7)).toMatchObject({ signature: Buffer.of(1, 0x80), unusedSignatureBits: 7 })
  })

  test('and the extensions keep their order', () => {
    expect(certificate.extensions.map(({ oid, critical }) => [oid, critical])).toEqual([
      ['2.5.29.19', true],
      ['2.5.29.15', false],
    ])
    expect([...(certificate.extensions[0]?.value ?? [])]).toEqual([0x30, 0])
  })
})

describe('versions', () => {
  test('1 to 3, the first one also left out', () => {
    expect(parse({ version: null }).version).toBe(1)
    expect(parse({ version: 0 }).version).toBe(1)
    expect(parse({ version: 1 }).version).toBe(2)
  })

  test('another one is refused', () => {
    expectCode('X509_VERSION', () => parse({ version: 3 }))
    expectCode('X509_VERSION', () => parse({ version: -1 }))
  })

  test('extensions and unique identifiers need their version', () => {
    const uniqueIds = [1, 2].map((number) => der.context(number, Buffer.of(0, 1), false))
    expect(parse({ version: 1, uniqueIds }).version).toBe(2)
    expectCode('X509_VERSION', () => parse({ version: null, uniqueIds }))
    expectCode('X509_VERSION', () => parse({ version: 1, extensions: [keyUsage] }))
  })
})

describe('extensions', () => {
  test('one that occurs twice is refused', () => {
    expectCode('X509_EXTENSIONS', () => parse({ extensions: [keyUsage, basicConstraints, keyUsage] }))
  })

  test('64 are read, one more is refused before it is looked at', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) => extension(`1.2.3.${i}`, der.nothing()))
    expect(parse({ extensions: many(64) }).extensions).toHaveLength(64)
    expectCode('X509_EXTENSIONS', () => parse({ extensions: many(65) }))
    expectCode('X509_EXTENSIONS', () => parse({ extensions: [...many(64), der.nothing()] }))
  })

  test('an empty list is refused', () => {
    expectCode('X509_EXTENSIONS', () => parse({ uniqueIds: [der.context(3, der.sequence())] }))
  })

  test('critical is a boolean of DER unless the caller knows its issuers', () => {
    const extensions = [extension('2.5.29.15', der.nothing(), der.boolean(1))]
    expectCode('DER_VALUE', () => parse({ extensions }))
    expect(parse({ extensions }, { booleans: 'any-non-zero' }).extensions[0]?.critical).toBe(true)
  })

  test('anything beside them is refused', () => {
    expectCode('DER_TRAILING', () =>
      parse({ extensions: [der.sequence(der.oid('1.2'), der.octets(Buffer.alloc(1)), der.nothing())] }),
    )
    expectCode('DER_TRAILING', () =>
      parse({ uniqueIds: [der.context(3, [der.sequence(keyUsage), der.nothing()])] }),
    )
    expectCode('DER_TRAILING', () =>
      parse({ uniqueIds: [der.context(3, der.sequence(keyUsage)), der.nothing()] }),
    )
  })
})

describe('the frame', () => {
  test('the two signature algorithms agree', () => {
    const ecdsa = (...parameters: Buffer[]): Buffer =>
      der.sequence(der.oid('1.2.840.10045.4.3.2'), ...parameters)
    expectCode('X509_SIGNATURE_ALGORITHM', () =>
      parse({ innerAlgorithm: der.sequence(der.oid('1.2.840.10045.4.3.3')) }),
    )
    expectCode('X509_SIGNATURE_ALGORITHM', () => parse({ innerAlgorithm: ecdsa(der.integer(1)) }))
    expect(parse({ innerAlgorithm: ecdsa(der.nothing()) }).version).toBe(3)
  })

  test('the issuer has a name', () => {
    expectCode('X509_ISSUER', () => parse({ name: der.sequence() }))
  })

  test('bytes after any part are refused', () => {
    expectCode('DER_TRAILING', () =>
      parseCertificate(Buffer.concat([issueCertificate({ keys }), Buffer.of(0)])),
    )
    expectCode('DER_TRAILING', () =>
      parse({
        assemble: (...parts) => der.sequence(...parts.slice(0, 2), der.bits(parts[2]), der.nothing()),
      }),
    )
    expectCode('DER_TRAILING', () => parse({ version: null, uniqueIds: [der.nothing()] }))
  })

  test('a part that is missing is refused', () => {
    expectCode('DER_TRUNCATED', () => parse({ assemble: (tbs, algorithm) => der.sequence(tbs, algorithm) }))
    expectCode('DER_TRUNCATED', () => parseCertificate(new Uint8Array(0)))
  })

  test('encodings that are not DER are read where that is asked for', () => {
    const assemble = (tbs: Buffer, algorithm: Buffer, signature: Buffer): Buffer =>
      der.sequence(tbs, algorithm, der.paddedElement(0x03, 2, Buffer.of(0), signature))
    expectCode('DER_LENGTH', () => parse({ assemble }))
    expect(parse({ assemble }, { encoding: 'ber' }).version).toBe(3)
  })
})

describe('validity', () => {
  const validity = (...times: Buffer[]): (() => unknown) => {
    return () => readValidity(parse({ validity: der.sequence(...times) }).validity)
  }
  const time = der.text('240101000000Z', 0x17)

  test('two times, and nothing else', () => {
    expect(readValidity(defaultValidity)).toEqual({
      notBefore: Date.UTC(2020, 0),
      notAfter: Date.UTC(2050, 0),
    })
    expectCode('DER_TRUNCATED', validity(time))
    expectCode('DER_TRAILING', validity(time, time, time))
    expectCode('DER_TAG', validity(time, der.integer(1)))
    expectCode('DER_TRAILING', () => readValidity(Buffer.concat([defaultValidity, time])))
  })

  test('a malformed time shows when it is asked for', () => {
    const { validity: encoded } = parse({ validity: der.sequence(time, der.text('2401010000Z', 0x17)) })
    expectCode('DER_VALUE', () => readValidity(encoded))
  })
})

describe('names', () => {
  test('are equal however they are written', () => {
    expect(equalNames(commonName('A b'), commonName('A b'))).toBe(true)
    expect(equalNames(commonName('A b'), commonName('A b', 0x13))).toBe(true)
    expect(equalNames(commonName('A  b'), commonName(' a B '))).toBe(true)
    expect(equalNames(commonName('A b'), commonName('Ab'))).toBe(false)
    expect(equalNames(commonName('A'), der.sequence())).toBe(false)
  })

  test('are compared set by set', () => {
    const pair = (id: string, value: string): Buffer => der.sequence(der.oid(id), der.text(value))
    const one = der.sequence(der.set(pair('2.5.4.3', 'a'), pair('2.5.4.10', 'b')))
    expect(equalNames(one, der.sequence(der.set(pair('2.5.4.10', 'B'), pair('2.5.4.3', 'A'))))).toBe(true)
    expect(equalNames(one, der.sequence(der.set(pair('2.5.4.3', 'a')), der.set(pair('2.5.4.10', 'b'))))).toBe(
      false,
    )
  })

  test('values that are no text are compared as bytes', () => {
    const name = (value: Buffer): Buffer => der.sequence(der.set(der.sequence(der.oid('1.2.3'), value)))
    expect(
      equalNames(
        name(der.integer(1)),
        der.sequence(der.set(der.sequence(der.oid('1.2.3'), der.paddedElement(2, 1, Buffer.of(1))))),
      ),
    ).toBe(false)
    expect(parseName(name(der.integer(1)))).toMatchObject([[{ text: undefined }]])
  })

  test('malformed ones are refused', () => {
    expectCode('DER_TRAILING', () => parseName(Buffer.concat([commonName('a'), der.nothing()])))
    expectCode('DER_TRUNCATED', () => parseName(der.sequence(der.set())))
    expectCode('DER_TRAILING', () =>
      parseName(der.sequence(der.set(der.sequence(der.oid('1.2'), der.text('a'), der.nothing())))),
    )
    expectCode('DER_VALUE', () =>
      parseName(der.sequence(der.set(der.sequence(der.oid('1.2'), der.element(0x0c, Buffer.of(0x80)))))),
    )
    expectCode('DER_TRUNCATED', () => parseName(der.sequence(der.set(der.sequence(der.oid('1.2'))))))
  })
})
