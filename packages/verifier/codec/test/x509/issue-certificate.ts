import { sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { bits, boolean, context, integer, octets, oid, sequence, set, text } from '../der/encode.ts'
import type { Part } from '../der/encode.ts'

export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export interface CertificateTemplate {
  readonly keys: KeyPair
  readonly serial?: number | bigint
  /** Name of subject and issuer. */
  readonly name?: Buffer
  /** DER of each extension. */
  readonly extensions?: readonly Part[]
  /** INTEGER written as version; left out for null. */
  readonly version?: number | null
  readonly validity?: Part
  /** Algorithm inside the signed part, if it is to differ. */
  readonly innerAlgorithm?: Buffer
  readonly uniqueIds?: readonly Part[]
  /** Makes something else of the finished parts. */
  readonly assemble?: (tbs: Buffer, algorithm: Buffer, signature: Buffer) => Buffer
}

/** `CN=<value>`. */
export function commonName(value: string, tag = 0x0c): Buffer {
  return sequence(set(sequence(oid('2.5.4.3'), text(value, tag))))
}

export function extension(id: string, value: Uint8Array, critical?: Buffer | boolean): Buffer {
  const flag = critical instanceof Uint8Array ? [critical] : critical === true ? [boolean()] : []
  return sequence(oid(id), flag, octets(value))
}

export const defaultValidity = sequence(text('200101000000Z', 0x17), text('20500101000000Z', 0x18))

const algorithms: Record<string, string> = {
  rsa: '1.2.840.113549.1.1.11',
  ec: '1.2.840.10045.4.3.2',
  dsa: '2.16.840.1.101.3.4.3.2',
}

/** A self-issued certificate, well-formed unless the template makes it otherwise. */
export function issueCertificate(template: CertificateTemplate): Buffer {
  const { keys, serial = 1, name = commonName('Signer'), extensions = [], version = 2 } = template
  const algorithm = sequence(oid(algorithms[keys.publicKey.asymmetricKeyType ?? ''] ?? '1.2.3'))
  const tbs = sequence(
    version === null ? [] : context(0, integer(version)),
    integer(serial),
    template.innerAlgorithm ?? algorithm,
    name,
    template.validity ?? defaultValidity,
    name,
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    template.uniqueIds ?? [],
    extensions.length === 0 ? [] : context(3, sequence(...extensions)),
  )
  const signature = sign('sha256', tbs, keys.privateKey)
  const assemble = template.assemble ?? ((...parts) => sequence(parts[0], parts[1], bits(parts[2])))
  return assemble(tbs, algorithm, signature)
}
