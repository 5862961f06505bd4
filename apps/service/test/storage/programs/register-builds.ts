/**
 * Registers builds in the data folder of its first argument until it is killed, and acknowledges each on standard
 * output once it is registered. The second argument distinguishes one run's ids from those of another.
 */
import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import path from 'node:path'
import { fixedRandom } from '@assay/testkit/fixed'
import { createAppRepository } from '../../../src/storage/repositories/apps.repository.ts'
import { createBuildRepository } from '../../../src/storage/repositories/builds.repository.ts'
import { openDatabase, openFileBlobs } from '../../../src/storage/index.ts'
import type { FileBlobStore as BlobStore } from '../../../src/storage/index.ts'
import { exampleApp, exampleBuild, exampleSegment } from '../support/examples.ts'

const [folder = '', run = ''] = process.argv.slice(2)
const random = fixedRandom(run)

function writeSegment(blobs: BlobStore, name: string) {
  // Some content is common to all builds, as libraries are.
  const bytes =
    random(1).readUInt8() < 64 ? Buffer.alloc(100_000, 1) : random(1 + (random(3).readUIntLE(0, 3) % 200_000))
  const writer = blobs.writer()
  for (let offset = 0; offset < bytes.length; offset += 30_000)
    writer.write(bytes.subarray(offset, offset + 30_000))
  const sha256 = writer.commit()
  if (sha256 !== createHash('sha256').update(bytes).digest('hex')) throw new Error('the digest is wrong')
  return exampleSegment(name, { length: bytes.length, sha256 })
}

const { db } = await openDatabase({ kind: 'sqlite', folder })
const blobs = openFileBlobs(path.join(folder, 'blobs'))
const [apps, builds] = [createAppRepository({ db }), createBuildRepository({ db })]

for (let index = 0; ; index += 1) {
  const app = `com.example.${run}.${String(index)}`
  const signer = createHash('sha256').update(app).digest('hex')
  await apps.insert(exampleApp(app))
  const segments = Array.from({ length: 1 + (random(1).readUInt8() % 3) }, (_, number) =>
    writeSegment(blobs, `s${String(number)}`),
  )
  const outcome = await builds.insert(exampleBuild(app, '1', { segments }), { addSigners: [signer] })
  if (outcome !== 'ok') throw new Error('the build was not registered')
  // Synchronous: what has been written here, the parent can read, whatever happens to this process next.
  writeSync(1, `${JSON.stringify({ app, signer, segments })}\n`)
}
