import { verifyApkSignature } from '../../../src/index.ts'
import type { VerifyApkOptions } from '../../../src/index.ts'
import { expectRefusal, fileOf } from '../../expect-refusal.ts'
import { writeApk } from '../write-apk.ts'
import { dsaIdentity, ecIdentity, rsaIdentity, signApk } from './sign-apk.ts'
import type { SigningTemplate } from './sign-apk.ts'

export const unknownAlgorithm = 0x12345678
export const maxSdk = 0x7fffffff

export const rsa = rsaIdentity()
export const ec = ecIdentity()
export const dsa = dsaIdentity()
export const other = ecIdentity('Other')
export const third = ecIdentity('Third')

export const apk = writeApk()
export const verify = (
  template: SigningTemplate,
  options: VerifyApkOptions = { minSdk: 24 },
  archive = apk,
) => verifyApkSignature(fileOf(signApk(archive, template)), options)
export const schemesOf = async (template: SigningTemplate, options?: VerifyApkOptions) =>
  (await verify(template, options)).schemes
export const refused = (
  code: Parameters<typeof expectRefusal>[0],
  template: SigningTemplate,
  options?: VerifyApkOptions,
) => expectRefusal(code, () => verify(template, options))

/** An archive in which the signing block begins at a multiple of 4096. */
export function alignedApk(): Buffer {
  const plain = writeApk([{ name: 'classes.dex', content: 'dex' }])
  const directoryAt = plain.readUInt32LE(plain.length - 6)
  const after = Buffer.alloc((4096 - (directoryAt % 4096)) % 4096)
  return writeApk([{ name: 'classes.dex', content: 'dex', after }])
}

export function flipLast(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes)
  changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1)
  return changed
}
