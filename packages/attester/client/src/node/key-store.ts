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
import { invalidArgument, readPublicJwk, type JsonValue } from '@assay/protocol'
import type { InstallationKey, KeyStore } from '../runtime/ports.ts'

/**
 * First line of the files made here. A file without it may be used, but belongs to somebody else and is never
 * replaced.
 */
const mark = 'Assay installation key\n'
/** A line below it, if a token was issued for the key. */
const enrolledMark = 'Enrolled\n'
/** Bytes. A key takes 273 with its marks. */
const longestFile = 4096

/** A file made here that no longer holds a usable key: only this is fixed by another key. */
class DamagedKey extends Error {}

/**
 * A P-256 key in software, by `node:crypto`.
 *
 * With `file` the private key is stored there as PKCS#8 PEM below a line that names its purpose, readable by its owner
 * only (mode 0600); another line says that a token was issued for it. A file that others may read is not used, and one
 * that was not made here is never overwritten. Without `file` the key lives as long as the process. Either way anyone
 * who can read file or memory has the key: a service that accepts software keys only knows no more than that.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) for a `file` that is not a path. Its functions throw an Error that names
 *   `keyFile` and says what to do.
 */
export function nodeKeyStore(options: { file?: string } = {}): KeyStore {
  const { file } = options
  if (file !== undefined && (typeof file !== 'string' || file === '')) {
    throw invalidArgument('keyFile: missing or wrong; give the path of a file')
  }
  let opened: InstallationKey | undefined
  /** Why the file cannot be used, if another key in its place would not help. */
  let refusal: Error | undefined
  return {
    async open() {
      refusal = undefined
      opened ??= file === undefined ? keyOf(generate()) : await naming(() => openFile(file)).catch(refuse)
      return opened
    },
    async renew() {
      if (refusal) throw refusal
      const key = generate()
      if (file !== undefined) await naming(() => replaceFile(file, key))
      opened = keyOf(key)
      return opened
    },
    async enrolled(key) {
      if (file === undefined || refusal) return
      const text = await readText(file)
      // Another process may have put another key there in the meantime.
      const isThere = JSON.stringify((await readKey(file)).publicJwk) === JSON.stringify(key.publicJwk)
      if (isThere && !isEnrolled(text)) await writeKey(file, createPrivateKey(text), 'replace', enrolledMark)
    },
  }

  function refuse(error: Error): never {
    if (!(error instanceof DamagedKey)) refusal = error
    throw error
  }
}

/** Faults of the file system, reported with the name of the option. */
function naming<T>(work: () => Promise<T>): Promise<T> {
  return work().catch((cause: NodeJS.ErrnoException) => {
    if (cause.syscall === undefined) throw cause
    const message = `keyFile: cannot be read or written (${cause.code}); check path, owner and permissions`
    throw new Error(message, { cause })
  })
}

/**
 * Goes through DER: on Node 20, `export({ format: 'jwk' })` of a key object that was generated in this process can lock
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

function isEnrolled(text: string): boolean {
  return text.startsWith(mark + enrolledMark)
}

function keyOf(key: KeyObject, isEnrolled = false): InstallationKey {
  const read = readPublicJwk(createPublicKey(key).export({ format: 'jwk' }) as JsonValue)
  if (!read.ok) throw new Error('the installation key is not a P-256 key')
  return {
    publicJwk: read.jwk,
    isEnrolled,
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
  // If two processes start at once, the first to finish decides; the other takes its key.
  return (await writeKey(file, key, 'keep')) ? keyOf(key) : readKey(file)
}

async function readKey(file: string): Promise<InstallationKey> {
  const text = await readText(file)
  try {
    return keyOf(createPrivateKey(text), isEnrolled(text))
  } catch (cause) {
    throw text.startsWith(mark) ? new DamagedKey('keyFile: damaged', { cause }) : foreign()
  }
}

async function replaceFile(file: string, key: KeyObject): Promise<void> {
  const text = await readText(file).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return mark
    throw error
  })
  if (!text.startsWith(mark)) throw foreign()
  await writeKey(file, key, 'replace')
}

/** The contents, if kind and size allow a key file, and only its owner may read it. */
async function readText(file: string): Promise<string> {
  const found = await stat(file)
  if (!found.isFile() || found.size > longestFile) throw foreign()
  const mode = found.mode & 0o777
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Error(
      `keyFile: users other than its owner may use it (mode 0${mode.toString(8)}); run chmod 600 on it`,
    )
  }
  return readFile(file, 'utf8')
}

function foreign(): Error {
  return new Error('keyFile: not a key file of the SDK; give another path or remove it')
}

/** Writes the whole file or nothing. False if an existing file had to be kept. */
async function writeKey(
  file: string,
  key: KeyObject,
  existing: 'keep' | 'replace',
  state = '',
): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomUUID()}`
  await writeFile(temporary, mark + state + key.export({ type: 'pkcs8', format: 'pem' }).toString(), {
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
