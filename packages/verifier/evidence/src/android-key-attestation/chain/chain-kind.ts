import { parseName, type Certificate } from '@assay/codec/x509'
import { reading } from '../reading.ts'

/**
 * How a device got its attestation key, which decides whether expiry counts: `factory` keys stay in devices for life,
 * long after their certificates have expired; `remote` ones are replaced every few weeks. `unknown` is held to the
 * stricter rules.
 */
export type ChainKind = 'factory' | 'remote' | 'unknown'

const commonName = '2.5.4.3'
const serialNumber = '2.5.4.5'
const organization = '2.5.4.10'

/**
 * The kind of a chain by the subject of the certificate that the root has issued.
 *
 * @throws AndroidKeyError `ANDROID_KEY_CERTIFICATE` if that is no name
 */
export function chainKind({ subject }: Certificate): ChainKind {
  const attributes = reading('ANDROID_KEY_CERTIFICATE', () => parseName(subject)).flat()
  const has = (oid: string, text: string) => attributes.some((each) => each.oid === oid && each.text === text)
  if (has(commonName, 'Droid CA2') && has(organization, 'Google LLC')) return 'remote'
  return attributes.some(({ oid }) => oid === serialNumber) ? 'factory' : 'unknown'
}
