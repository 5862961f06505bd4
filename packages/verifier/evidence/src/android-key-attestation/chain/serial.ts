import type { Certificate } from '@assay/codec/x509'

/**
 * The serial number as the vendor's list writes it: unsigned, lower-case hex, no leading zeros. A negative one, which
 * X.509 forbids, is taken for the unsigned number of the same octets.
 */
export function listedSerial({ serialNumber }: Certificate): string {
  return Buffer.from(serialNumber)
    .toString('hex')
    .replace(/^0+(?=.)/, '')
}
