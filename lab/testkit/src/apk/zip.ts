import { promisify } from 'node:util'
import { fromBuffer, type Entry, type ZipFile as ZipReader } from 'yauzl'
import { ZipFile } from 'yazl'

/** An entry of a ZIP, inflated. */
export interface ZipEntry {
  name: string
  content: Buffer
  /** Whether it is stored rather than deflated. */
  stored: boolean
}

const open = promisify(
  fromBuffer as (
    buffer: Buffer,
    options: object,
    done: (error: Error | null, zip: ZipReader) => void,
  ) => void,
)

/** Every file of the archive, in the order of its central directory. */
export async function readZip(archive: Buffer): Promise<ZipEntry[]> {
  const zip = await open(archive, { lazyEntries: true })
  const entries: ZipEntry[] = []
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', resolve)
    zip.on('entry', (entry: Entry) => {
      readContent(zip, entry).then((content) => {
        if (!entry.fileName.endsWith('/'))
          entries.push({ name: entry.fileName, content, stored: entry.compressionMethod === 0 })
        zip.readEntry()
      }, reject)
    })
    zip.readEntry()
  })
  return entries
}

function readContent(zip: ZipReader, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error !== null) return reject(error)
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', reject)
      stream.on('end', () => resolve(Buffer.concat(chunks)))
    })
  })
}

/**
 * 1980-01-01: the earliest time a ZIP can state, so that the same entries give the same bytes. Only in the form that has no
 * time zone: the other one would differ from zone to zone.
 */
const time = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true }

/** @param level how hard DEFLATE tries. Default: the least, for what is read once, by a test */
export async function writeZip(entries: readonly ZipEntry[], level = 1): Promise<Buffer> {
  const zip = new ZipFile()
  for (const { name, content, stored } of entries)
    zip.addBuffer(content, name, { compressionLevel: stored ? 0 : level, ...time })
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
