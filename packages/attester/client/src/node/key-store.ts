import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto'
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readPublicJwk, type JsonValue } from '@assay/protocol'
import type { InstallationKey, KeyStore } from '../ports.ts'

/**
 * A P-256 key in software, by `node:crypto`.
 *
 * With `file` the private key lies there as PKCS#8 PEM, readable by its owner only (mode 0600; a file that others may
 * read is not used). Without, it lives as long as the process. Either way whoever can read file or memory has the key:
 * a service that admits software keys only knows no more than that.
 */
export function nodeKeyStore(options: { file?: string } = {}): KeyStore {
  const { file } = options
  let opened: InstallationKey | undefined
  return {
    async open() {
      opened ??= file === undefined ? keyOf(generate()) : await openFile(file)
      return opened
    },
    async renew() {
      const key = generate()
      if (file !== undefined) await writeKey(file, key, 'replace')
      opened = keyOf(key)
      return opened
    },
  }
}

/**
 * By way of DER: on Node 20, `export({ format: 'jwk' })` of a key object that was generated in this process can lock
 * itself out when garbage is collected in the middle of it.
 */
function generate(): KeyObject {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  })
  return createPrivateKey({ key: privateKey, type: 'pkcs8', format: 'der' })
}

function keyOf(key: KeyObject): InstallationKey {
  const read = readPublicJwk(createPublicKey(key).export({ format: 'jwk' }) as JsonValue)
  if (!read.ok) throw new Error('the installation key is not a P-256 key')
  return {
    publicJwk: read.jwk,
    sign: (data) => new Uint8Array(sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })),
  }
}

async function openFile(file: string): Promise<InstallationKey> {
  try {
    return await readKey(file)
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
  const key = generate()
  // Of two processes that start at once, the first to finish decides; the other takes its key.
  return (await writeKey(file, key, 'keep')) ? keyOf(key) : readKey(file)
}

async function readKey(file: string): Promise<InstallationKey> {
  const { mode } = await stat(file)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Error('the file of the installation key may be read by others than its owner')
  }
  return keyOf(createPrivateKey(await readFile(file)))
}

/** Writes the whole file or nothing. False if an existing file was to be kept and there is one. */
async function writeKey(file: string, key: KeyObject, existing: 'keep' | 'replace'): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomUUID()}`
  await writeFile(temporary, key.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
    flag: 'wx',
    flush: true,
  })
  try {
    if (existing === 'replace') await rename(temporary, file)
    else await link(temporary, file)
    return true
  } catch (error) {
    if (existing === 'keep' && isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
