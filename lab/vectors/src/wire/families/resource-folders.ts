import { accept, refuse, type Case, type Family } from '../case/case.ts'
import { base64url, hex, noise, sha256 } from '../material/bytes.ts'

/** Paths of resources, and the length of each. */
type Files = Readonly<Record<string, number>>

const cases: readonly [string, Files][] = [
  ['a folder', { 'en.lproj/Localizable.strings': 40, 'en.lproj/InfoPlist.strings': 7 }],
  ['files at the top, which are segments of their own', { 'words.json': 20, 'a/b.json': 3 }],
  ['an empty file', { 'a/b.json': 0 }],
  ['several folders', { 'b/1.plist': 9, 'a/1.plist': 9, 'B/1.plist': 9, 'a/0.plist': 300 }],
  ['folders in folders', { 'Kit.bundle/a/b/c.nib': 5, 'Kit.bundle/a/b.nib': 6, 'Kit.bundle/a.nib': 7 }],
  ['paths of which one starts the other', { 'r/a': 1, 'r/a.b': 2, 'r/a/b': 3, 'r/aa': 4 }],
  [
    'paths beyond and below the surrogates',
    { 'r/\u{1f600}': 1, 'r/\uff5e': 2, 'r/\ue000': 3, 'r/\ud7ff': 4 },
  ],
  ['composed and decomposed letters', { 'r/\u00e9': 1, 'r/f': 2, 'r/ez': 3 }],
  ['a folder whose name is not ASCII', { '\u4e2d\u6587.lproj/a.strings': 12 }],
  ['many files', Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`zh.lproj/${i}.strings`, i]))],
]

/** Made by hand, and not by what registration does. */
function segment(files: readonly (readonly [string, Uint8Array])[]): Buffer {
  const sorted = files.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return Buffer.concat(
    sorted.flatMap(([path, content]) => {
      const name = Buffer.from(path)
      const head = Buffer.alloc(4)
      head.writeUInt32BE(name.length)
      const length = Buffer.alloc(8)
      length.writeBigUInt64BE(BigInt(content.length))
      return [head, name, length, content]
    }),
  )
}

function folderCase([id, lengths]: readonly [string, Files]): Case {
  const files = Object.entries(lengths).map(([path, length]): [string, Uint8Array] => [
    path,
    noise(`resource ${path}`, length),
  ])
  const inFolders = files.filter(([path]) => path.includes('/'))
  const names = [...new Set(inFolders.map(([path]) => `${path.split('/')[0] as string}/`))]
  return {
    ...accept(
      id,
      { files: files.map(([path, content]) => ({ path, bytes: base64url(content) })) },
      names.map((name) => ({
        name,
        sha256: hex(sha256(segment(inFolders.filter(([path]) => path.startsWith(name))))),
      })),
    ),
    needs: 'ipa',
  }
}

const noFolder: Case = {
  ...refuse('no folder', { files: [{ path: 'words.json', bytes: base64url('{}') }] }, 'NO_SEGMENT'),
  needs: 'ipa',
}

export const resourceFolders: Family = {
  name: 'resource-folders',
  about: 'The segments that the resources of an iOS app form, one for each top-level folder.',
  floor: { accepted: 10, refused: 1 },
  cases: [...cases.map(folderCase), noFolder],
}
