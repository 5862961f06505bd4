import { createHash } from 'node:crypto'
import { AppImageError } from '../../errors/app-image-error.ts'
import { hashOf } from '../../mach-o/hash-types.ts'
import { cdHashOf, examineExecutable, type ExaminedExecutable } from '../../mach-o/verify-executable.ts'
import type { ZipEntry } from '../../zip/archive.ts'
import type { ByteSource } from '../../zip/byte-source.ts'
import { readContent, streamContent } from '../../zip/entry-content.ts'
import { readAppContent } from '../app/app-content.ts'
import type { AppFiles } from '../app/app-folder.ts'
import { executableOf } from '../app/executable.ts'
import { infoName, largestInfo, readInfo } from '../app/info.ts'
import { parseCodeResources, type Sealed, type SealedFiles } from './code-resources.ts'

const resourcesName = '_CodeSignature/CodeResources'
/** Bytes. A list of ten thousand files has some five million. */
const largestResources = 16 * 1024 * 1024
/** Bytes that the path may have that a symbolic link leads to. */
const longestLink = 4096
/** Apps, frameworks and extensions within each other. */
const deepest = 4
/** Those that one list names. Lists of apps for iOS name their files instead. */
const mostCode = 512

/** Special slots of a CodeDirectory. */
const infoSlot = 1
const resourcesSlot = 3

/** An app, a framework or an extension, by the paths inside its folder. */
export interface Bundle {
  readonly files: AppFiles
  /** Path of its main executable. */
  readonly executable: string
  readonly examined: Pick<ExaminedExecutable, 'directories'>
}

/**
 * Checks a bundle against the signature of its executable: `Info.plist` and the list of resources are those that every
 * slice was signed with, each file in the list is there as it was, and no file is there that is not in it. The list's
 * rules, which would let the signer leave out more, are not followed: only what `codesign` never seals is exempt.
 *
 * @returns whether the signature covers the whole bundle. It does not if nobody or only a linker has signed, or if a
 *   signature names no list, or one without SHA-256
 * @throws AppImageError `IPA_INFO_CHANGED`, `IPA_RESOURCES_CHANGED`, `IPA_RESOURCES_MALFORMED`, `IPA_FILE_CHANGED`,
 *   `IPA_FILE_MISSING`, `IPA_FILE_NOT_SEALED`; of nested code also what its executable is refused with
 */
export async function checkSeal(source: ByteSource, bundle: Bundle, depth = 0): Promise<boolean> {
  const hasInfo = isComponent(source, bundle, { name: infoName, slot: infoSlot, limit: largestInfo })
  const hasResources = isComponent(source, bundle, {
    name: resourcesName,
    slot: resourcesSlot,
    limit: largestResources,
  })
  const resources = hasResources ? bundle.files.get(resourcesName) : undefined
  const sealed = resources && parseCodeResources(readAppContent(source, resources, largestResources))
  if (sealed === undefined) return false
  const areHeld = await checkFiles(source, bundle, sealed, depth)
  return areHeld && hasInfo && bundle.examined.directories.every(([{ hashType }]) => hashType.name !== 'sha1')
}

interface Component {
  readonly name: string
  readonly slot: number
  /** Bytes. */
  readonly limit: number
}

/** Whether every directory names the file; each that does must name it as it is. */
function isComponent(
  source: ByteSource,
  { files, examined }: Bundle,
  { name, slot, limit }: Component,
): boolean {
  const directories = examined.directories.flat()
  const naming = directories.filter((directory) => directory.componentHash(slot) !== undefined)
  if (naming.length === 0) return false
  const entry = files.get(name)
  const content = entry && readAppContent(source, entry, limit)
  const isNamed = naming.every(
    ({ hashType, componentHash }) =>
      content !== undefined && hashOf(hashType, content).equals(componentHash(slot) as Buffer),
  )
  if (!isNamed) {
    throw new AppImageError(slot === infoSlot ? 'IPA_INFO_CHANGED' : 'IPA_RESOURCES_CHANGED')
  }
  return naming.length === directories.length
}

async function checkFiles(
  source: ByteSource,
  { files, executable }: Bundle,
  sealed: SealedFiles,
  depth: number,
): Promise<boolean> {
  const present = new Map([...files].map(([path, entry]) => [path.normalize('NFC'), entry]))
  const held = new Set([executable.normalize('NFC'), infoName, resourcesName])
  if ([...sealed.values()].filter(({ kind }) => kind === 'code').length > mostCode)
    throw new AppImageError('IPA_LAYOUT', 'the app has too many executables')
  let areHeld = true
  for (const [path, expected] of sealed) {
    const inside = expected.kind === 'code' ? insideOf(path, present) : new Map<string, ZipEntry>()
    const entry = present.get(path)
    if (entry === undefined && inside.size === 0) {
      if (expected.isOptional) continue
      throw new AppImageError('IPA_FILE_MISSING')
    }
    if (entry !== undefined) held.add(path)
    for (const name of inside.keys()) held.add(`${path}/${name}`)
    if (expected.kind === 'code') {
      areHeld = (await checkCode(source, { entry, inside }, expected.cdHash, depth)) && areHeld
    } else await checkFile(source, entry as ZipEntry, expected)
  }
  for (const path of present.keys()) {
    if (!held.has(path) && !isNeverSealed(path)) throw new AppImageError('IPA_FILE_NOT_SEALED')
  }
  return areHeld
}

/** What `codesign` leaves out under its own rules, and what no app runs. */
function isNeverSealed(path: string): boolean {
  return path === 'PkgInfo' || ownRules.test(path)
}

/** `SC_Info` holds the keys that the store encrypts executables with. */
const ownRules = /(?:^|\/)\.DS_Store$|\.lproj\/locversion\.plist$|^SC_Info\/[^/]+\.(?:sinf|supf|supp)$/

function insideOf(folder: string, files: AppFiles): Map<string, ZipEntry> {
  const start = `${folder}/`
  const inside = new Map<string, ZipEntry>()
  for (const [path, entry] of files) if (path.startsWith(start)) inside.set(path.slice(start.length), entry)
  return inside
}

async function checkFile(
  source: ByteSource,
  entry: ZipEntry,
  expected: Exclude<Sealed, { kind: 'code' }>,
): Promise<void> {
  if (entry.isLink !== (expected.kind === 'link')) throw changed()
  if (expected.kind === 'link') {
    if (readContent(source, entry, longestLink).toString() !== expected.target) throw changed()
    return
  }
  const hash = createHash('sha256')
  await streamContent(source, entry, (chunk) => void hash.update(chunk))
  if (!hash.digest().equals(expected.sha256)) throw changed()
}

/** A standalone library, or a bundle in the app. Each of its slices must be the one that was named. */
async function checkCode(
  source: ByteSource,
  { entry, inside }: { entry: ZipEntry | undefined; inside: AppFiles },
  cdHash: Buffer,
  depth: number,
): Promise<boolean> {
  if (depth === deepest) throw new AppImageError('IPA_LAYOUT', 'the app holds bundles within bundles')
  const files = entry === undefined ? inside : new Map([['code', entry]])
  const info = entry === undefined ? readInfo(source, inside) : { executable: 'code' }
  const executable = executableOf(source, files, info)
  const examined = await examineExecutable(executable)
  const isNamed =
    examined.directories.length > 0 &&
    examined.directories.every((all) => all.some((each) => cdHashOf(each).equals(cdHash)))
  if (!isNamed) throw changed()
  return entry !== undefined || checkSeal(source, { files, executable: executable.path, examined }, depth + 1)
}

function changed(): AppImageError {
  return new AppImageError('IPA_FILE_CHANGED')
}
