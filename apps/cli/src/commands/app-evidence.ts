import type { Command } from 'commander'
import type { AppEvidence, JsonObject } from '@assay/protocol'
import { usageError } from '../cli-error.ts'
import type { Context } from '../context.ts'
import { parseJson, readJsonFile, readTextFile } from '../input-file.ts'
import { example, type Action } from './arguments.ts'

const evidenceFile = 'a JSON object with the kinds of evidence that the app may send'

/** For help: each kind that there is, with all of its settings. */
export const evidenceExample = `
A file for --evidence, with the kinds that the app sends (iOS: the first; Android: either or both of the others):
  {
    "apple_app_attest": {
      "app_ids": ["A1B2C3D4E5.com.example.app"], "environments": ["production"], "system": "ios"
    },
    "android_key_attestation": {
      "enrolments_per_day": { "device": 5, "batch": 1000 }, "holder_key": "hardware"
    },
    "play_integrity": { "request": "standard", "calls_per_day": 10000, "max_age": 300 }
  }`

/** `--evidence FILE` or `--no-evidence` as the service takes it; `undefined` where neither is given. */
export async function readEvidence(
  context: Context,
  file: string | false | undefined,
): Promise<JsonObject | undefined> {
  if (file === undefined) return undefined
  if (file === false) return {}
  const value = await readJsonFile(context, file, evidenceFile)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw usageError(
      'CLI_USAGE',
      'The evidence settings are not a JSON object',
      '`assay app add --help` shows one.',
    )
  }
  return value
}

/** One line for each kind of platform evidence: its name, and its settings as the service has them. */
export function evidenceInWords(evidence: AppEvidence): string[] {
  return Object.entries(evidence).map(([name, settings]) => `${name} ${JSON.stringify(settings)}`)
}

export function addPlayIntegrityKeysCommand(app: Command, action: Action): void {
  app
    .command('play-integrity-keys')
    .description("upload the two keys of an app's classic Play Integrity requests")
    .argument('<id>', 'app id')
    .argument('<file>', 'file with the keys, or - for standard input')
    .addHelpText(
      'after',
      `${example(
        'assay app play-integrity-keys com.example.app keys.txt && shred -u keys.txt',
        'pass show play-integrity | assay app play-integrity-keys com.example.app -',
      )}

The Play Console shows them under "Play Integrity API", once you manage your response encryption yourself.
The file holds the two lines, or {"decryption": "…", "verification": "…"}. The service seals them, and never shows
them again; to change them, give new ones.`,
    )
    .action(action((context, [id, file]) => putKeys(context, id as string, file as string)))
}

interface PlayIntegrityKeys {
  decryption: string
  verification: string
}

const twoKeys = 'the decryption key and the verification key, a line each'

async function putKeys(context: Context, id: string, file: string): Promise<void> {
  const keys = playIntegrityKeys(await readTextFile(context, file, twoKeys), file)
  await context.service.put(`v1/apps/${encodeURIComponent(id)}/play-integrity-keys`, keys)
  context.output.result(
    { app: id, play_integrity_keys: 'kept' },
    () => `The keys of ${id} are stored, sealed. Remove every other copy of them.`,
  )
}

/** Characters of 32 bytes in base64: the AES key, which is much shorter than the public one. */
const decryptionLength = 44

function playIntegrityKeys(text: string, file: string): PlayIntegrityKeys {
  if (text.trimStart().startsWith('{')) {
    const { decryption, verification } = parseJson(text, file, twoKeys) as JsonObject
    if (typeof decryption === 'string' && typeof verification === 'string')
      return { decryption, verification }
    throw notTwoKeys()
  }
  const lines = text.split(/\s+/).filter((line) => line !== '')
  const [decryption, ...none] = lines.filter(({ length }) => length === decryptionLength)
  const [verification, ...more] = lines.filter(({ length }) => length !== decryptionLength)
  if (decryption === undefined || verification === undefined || none.length + more.length > 0)
    throw notTwoKeys()
  return { decryption, verification }
}

function notTwoKeys() {
  return usageError(
    'CLI_USAGE',
    'The input does not hold the two keys of classic Play Integrity requests',
    'Give the decryption key (44 characters) and the verification key as the Play Console shows them, a line each.',
  )
}
