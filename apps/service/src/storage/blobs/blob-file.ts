import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { BlobError } from '../errors/storage-error.ts'
import type { BlobName } from './blob-store.ts'

/** SHA-256 of the bytes of a file, lower-case hex. */
export async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Whether a file has exactly the bytes of a blob. @throws BlobError naming the file */
export async function checkBlobFile(file: string, { sha256, length }: BlobName): Promise<void> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new BlobError('STORAGE_BLOB_MISSING', `${file} is missing`, { cause })
  })
  if (found.size !== length) throw new BlobError('STORAGE_BLOB_LENGTH', `${file} has another length`)
  if ((await digestOfFile(file)) !== sha256)
    throw new BlobError('STORAGE_BLOB_DIGEST', `the bytes of ${file} are not those of its digest`)
}
