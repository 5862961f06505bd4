import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'

const compress = promisify(gzip)

/** A body that is sent many times: it is compressed once, in another thread. */
export interface PreparedBody {
  readonly plain: Buffer
  /** RFC 1952; undefined: it would be no shorter. */
  readonly gzip: Buffer | undefined
}

export async function prepareBody(plain: Buffer): Promise<PreparedBody> {
  const packed = await compress(plain, { level: constants.Z_BEST_COMPRESSION })
  return { plain, gzip: packed.length < plain.length ? packed : undefined }
}
