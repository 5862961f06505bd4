import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { usageError } from '../faults/cli-error.ts'
import { fileFault } from '../faults/file-fault.ts'
import type { CreatedFiles } from './created-files.ts'
import type { Places } from './places.ts'

export const restoreKeyFile =
  'Restore the key file from its backup, or name it with --sealing-key-file. `assay init` makes one only for a data folder that was never initialised.'

/** 32 random bytes in hex. */
export async function makeSealingKey({ sealingKeyFile }: Places, created: CreatedFiles): Promise<Uint8Array> {
  const key = randomBytes(32)
  await created.folder(path.dirname(sealingKeyFile))
  await created.file(sealingKeyFile, `${key.toString('hex')}\n`)
  return key
}

/** @throws CliError */
export async function readSealingKey({ sealingKeyFile }: Places): Promise<Uint8Array> {
  const text = await readFile(sealingKeyFile, 'utf8').catch((cause: unknown) => {
    const message = `The sealing key file ${sealingKeyFile} cannot be read${fileFault(cause, sealingKeyFile)}`
    throw usageError('CLI_KEY_FILE', message, restoreKeyFile, cause)
  })
  if (!/^[0-9a-f]{64}$/.test(text.trim())) {
    throw usageError(
      'CLI_KEY_FILE',
      'The sealing key file does not hold 32 bytes in hex',
      'Restore it from its backup.',
    )
  }
  return Buffer.from(text.trim(), 'hex')
}
