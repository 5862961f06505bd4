import path from 'node:path'
import { AppImageError, verifyApkSignature } from '@assay/app-image'
import type { VectorFormat } from '../format/format.ts'

/** Android 7, the first level that knows a scheme newer than JAR signatures. */
const defaultMinSdk = 24

export const apk: VectorFormat = {
  async verify({ input, context }, folder) {
    const { file } = input
    const { minSdk = defaultMinSdk } = context
    if (typeof file !== 'string') throw new TypeError('an apk vector names a file')
    if (typeof minSdk !== 'number') throw new TypeError('minSdk is a number')
    const verified = await verifyApkSignature(path.join(folder, file), { minSdk })
    return { ...verified }
  },
  rejectCode: (error) => (error instanceof AppImageError ? error.code : undefined),
  atLeast: ['schemes'],
}
