import { build, buildBinary, type PlistValue } from 'plist'
import { buildSignedData } from '../../../codec/test/cms/build-signed-data.ts'
import { octets } from '../../../codec/test/der/encode.ts'
import { fileOf } from '../expect-refusal.ts'
import { writeMachO } from '../mach-o/write-mach-o.ts'
import { writeZip, type EntryTemplate } from '../zip/write-zip.ts'

export const info: Readonly<Record<string, PlistValue>> = {
  CFBundleIdentifier: 'com.example.app',
  CFBundleShortVersionString: '1.2',
  CFBundleVersion: '57',
  CFBundleExecutable: 'App',
  CFBundleSupportedPlatforms: ['iPhoneOS'],
  MinimumOSVersion: '16.4',
}

/** `Info.plist` with these values changed; `undefined` takes one out. */
export function infoWith(changes: Record<string, PlistValue | undefined> = {}): Buffer {
  const merged = Object.entries<PlistValue | undefined>({ ...info, ...changes })
  return Buffer.from(
    buildBinary(
      Object.fromEntries(merged.filter((each): each is [string, PlistValue] => each[1] !== undefined)),
    ),
  )
}

/** A provisioning profile; nobody's signature is on it, as nobody looks. */
export function profileOf(content: PlistValue | Buffer): Buffer {
  const list = Buffer.isBuffer(content) ? content : Buffer.from(build(content))
  return buildSignedData({ content: octets(list), signerInfos: [] })
}

export const bundle = 'globalThis.app = 1\n'

export type Files = Record<string, string | Uint8Array | undefined>

/** A main executable that nobody has signed. */
export const unsigned = writeMachO({ signature: null, code: Buffer.alloc(16) })

/** Entries of an app with a bundle and an executable that is not signed; `files` by their path in the app's folder, `undefined` takes one out. */
export function appEntries(files: Files = {}, folder = 'Payload/App.app/'): EntryTemplate[] {
  const all: Files = { 'Info.plist': infoWith(), App: unsigned, 'main.jsbundle': bundle, ...files }
  return Object.entries(all).flatMap(([name, content]) =>
    content === undefined ? [] : [{ name: folder + name, content }],
  )
}

export function ipaFile(entries: readonly EntryTemplate[]): string {
  return fileOf(writeZip(entries))
}

export const ipaWith = (files: Files = {}): string => ipaFile(appEntries(files))
