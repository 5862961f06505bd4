import { createHash } from 'node:crypto'
import { build, type PlistValue } from 'plist'
import { writeMachO } from '../../mach-o/write-mach-o.ts'
import type { DirectoryTemplate } from '../../mach-o/write-signature.ts'
import { writeZip, type EntryTemplate } from '../../zip/write-zip.ts'
import { fileOf } from '../../expect-refusal.ts'
import { bundle, infoWith } from '../write-ipa.ts'

export const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest()

/** What a list of resources says about each path, as `codesign` writes it. */
export type List = Record<string, PlistValue>

/** An app that is signed with all of its files, each part of which can be made to lie. */
export interface SignedAppTemplate {
  /** By path; `undefined` takes one out before it is signed. */
  files?: Record<string, string | Uint8Array | undefined>
  /** Changes the list before it is signed. */
  list?: (list: List) => List
  /** In place of the list of resources. */
  resources?: Buffer
  directories?: DirectoryTemplate[]
  /** Changes what is in the app's folder after it was signed; `undefined` takes out. */
  after?: Record<string, string | Uint8Array | undefined>
}

/** Files of a signed app, by path in its folder. */
export function signedFiles(template: SignedAppTemplate = {}): Record<string, string | Uint8Array> {
  const { list = (each) => each, directories = [{}] } = template
  const info = infoWith()
  const files = present({ 'main.jsbundle': bundle, 'assets/logo.png': 'picture', ...template.files })
  const sealed = Object.entries(files).map(([path, content]) => [path, { hash2: sha256(content) }] as const)
  const resources =
    template.resources ??
    Buffer.from(build({ files: {}, files2: list(Object.fromEntries(sealed)), rules2: {} }))
  const named = { 1: info, 3: resources }
  const App = writeMachO({ code: Buffer.alloc(100), signature: { named, directories } })
  return present({
    'Info.plist': info,
    App,
    PkgInfo: 'APPL????',
    '_CodeSignature/CodeResources': resources,
    ...files,
    ...template.after,
  })
}

export function signedIpa(template: SignedAppTemplate = {}, more: readonly EntryTemplate[] = []): string {
  const entries = Object.entries(signedFiles(template)).map(([path, content]) => ({
    name: `Payload/App.app/${path}`,
    content,
  }))
  return fileOf(writeZip([...entries, ...more]))
}

function present(
  files: Record<string, string | Uint8Array | undefined>,
): Record<string, string | Uint8Array> {
  return Object.fromEntries(
    Object.entries(files).flatMap(([path, content]) => (content === undefined ? [] : [[path, content]])),
  )
}
