import { createHash } from 'node:crypto'
import { buildSignedData, signerInfo } from '../../../../codec/test/cms/build-signed-data.ts'
import type { SignerTemplate } from '../../../../codec/test/cms/build-signed-data.ts'
import { issueCertificate } from '../../../../codec/test/x509/issue-certificate.ts'
import type { JarEntry } from '../../../src/apk/jar-signature/index.ts'

/** A JAR signer's work, each step of which a test can do otherwise. */
export interface JarTemplate {
  readonly contents?: Readonly<Record<string, string | Buffer>>
  readonly manifest?: (sections: readonly string[]) => string | Buffer
  readonly manifestDigests?: readonly string[]
  readonly signers: readonly JarSignerTemplate[]
  /** Further files, or others than were made. */
  readonly files?: Readonly<Record<string, string | Buffer | undefined>>
}

export interface JarSignerTemplate extends SignerTemplate {
  readonly name?: string
  readonly extension?: string
  readonly certificate?: Buffer
  readonly certificates?: readonly Buffer[]
  readonly signatureFile?: (manifest: Buffer, sections: readonly string[]) => string | Buffer
  readonly block?: (signatureFile: Buffer, certificate: Buffer) => Buffer
}

const attributeNames: Record<string, string> = {
  md5: 'MD5',
  sha1: 'SHA1',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
}

export const defaultContents = { 'classes.dex': 'dex', 'res/a.txt': 'text' } as const

export const hashBase64 = (hash: string, bytes: string | Uint8Array): string =>
  createHash(hash).update(bytes).digest('base64')

/** `<Algorithm><suffix>: <digest>` and the end of the line. */
export function digestLine(hash: string, bytes: string | Uint8Array, suffix = '-Digest'): string {
  return `${attributeNames[hash]}${suffix}: ${hashBase64(hash, bytes)}\r\n`
}

export function manifestSection(
  name: string,
  content: string | Uint8Array,
  hashes: readonly string[],
): string {
  return `Name: ${name}\r\n${hashes.map((hash) => digestLine(hash, content)).join('')}\r\n`
}

export const mainSection = 'Manifest-Version: 1.0\r\n\r\n'
export const versionLine = 'Signature-Version: 1.0\r\n'

/** The usual signature file: digest of the manifest, digest of each section. */
export function signatureFile(
  manifest: Buffer,
  sections: readonly string[],
  hash = 'sha256',
  extra = '',
): string {
  const digests = sections.map((section) => `${section.split('\r\n')[0]}\r\n${digestLine(hash, section)}\r\n`)
  return `${versionLine}${digestLine(hash, manifest, '-Digest-Manifest')}${extra}\r\n${digests.join('')}`
}

/** The files of a signed archive, by name. */
export function signJar(template: JarTemplate): Map<string, Buffer> {
  const contents = template.contents ?? defaultContents
  const hashes = template.manifestDigests ?? ['sha256']
  const sections = Object.entries(contents).map(([name, content]) => manifestSection(name, content, hashes))
  const make = template.manifest ?? ((parts) => mainSection + parts.join(''))
  const manifest = Buffer.from(make(sections))
  const files = new Map<string, Buffer>([['META-INF/MANIFEST.MF', manifest]])
  for (const [name, content] of Object.entries(contents)) files.set(name, Buffer.from(content))
  template.signers.forEach((signer, index) => addSigner(files, signer, index, manifest, sections))
  for (const [name, content] of Object.entries(template.files ?? {})) {
    if (content === undefined) files.delete(name)
    else files.set(name, Buffer.from(content))
  }
  return files
}

function addSigner(
  files: Map<string, Buffer>,
  signer: JarSignerTemplate,
  index: number,
  manifest: Buffer,
  sections: readonly string[],
): void {
  const stem = `META-INF/${signer.name ?? `CERT${index}`}`
  const makeFile = signer.signatureFile ?? ((...parts) => signatureFile(...parts))
  const file = Buffer.from(makeFile(manifest, sections))
  const certificate = signer.certificate ?? issueCertificate({ keys: signer.keys })
  files.set(`${stem}.SF`, file)
  files.set(
    `${stem}.${signer.extension ?? 'RSA'}`,
    signer.block?.(file, certificate) ??
      buildSignedData({
        certificates: signer.certificates ?? [certificate],
        signerInfos: [signerInfo(file, signer)],
      }),
  )
}

/** Entries as the archive's reader hands them out. */
export function entriesOf(files: ReadonlyMap<string, Buffer>): Map<string, JarEntry> {
  const entries = new Map<string, JarEntry>()
  for (const [name, content] of files) {
    entries.set(name, {
      readContent: () => content,
      digestContent: (algorithms) =>
        new Map(algorithms.map((algorithm) => [algorithm, createHash(algorithm).update(content).digest()])),
    })
  }
  return entries
}
