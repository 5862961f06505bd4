import path from 'node:path'
import { AppImageError, verifyIpaSignature, verifyMachOSignature } from '@assay/app-image'
import type { VectorFormat } from '../format/format.ts'
import type { Vector } from '../format/vector.ts'

export const ipa: VectorFormat = {
  verify: async (vector, folder) => ({ ...(await verifyIpaSignature(fileOf(vector, folder))) }),
  rejectCode,
}

export const macho: VectorFormat = {
  verify: async (vector, folder) => ({ ...(await verifyMachOSignature(fileOf(vector, folder))) }),
  rejectCode,
}

function fileOf({ format, input: { file } }: Vector, folder: string): string {
  if (typeof file !== 'string') throw new TypeError(`a vector of ${format} names a file`)
  return path.join(folder, file)
}

function rejectCode(error: unknown): string | undefined {
  return error instanceof AppImageError ? error.code : undefined
}
