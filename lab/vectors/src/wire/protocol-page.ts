import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AssayClientError } from '@assay/client'
import { clientErrorCodes } from '@assay/client/codes'
import {
  longestPiece,
  longestPlan,
  longestStep,
  mostBytes,
  mostNames,
  mostPieces,
  mostReads,
  mostSegments,
} from '@assay/measurement'
import { measurementErrorCodes } from '@assay/measurement/codes'
import {
  challengeLifetime,
  labels,
  longestFailures,
  longestReference,
  mostFailures,
  remedyKinds,
  type ProblemCode,
  type RemedyKind,
} from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import { errorOfProblem } from './families/refusals.ts'

export const protocolPageFile = fileURLToPath(new URL('../../../../docs/protocol.md', import.meta.url))

/** What is in `docs/protocol.md` between `<!-- generated: NAME -->` and `<!-- end -->`. */
const blocks: Readonly<Record<string, () => string>> = {
  labels: () =>
    table(
      ['label', 'bytes (hex)', 'starts'],
      Object.entries(labels).map(([name, bytes]) => [
        `\`${text(bytes)}\\0\``,
        `\`${Buffer.from(bytes).toString('hex')}\``,
        labelUses[name as keyof typeof labels],
      ]),
    ),
  limits: () => table(['limit', 'at most'], limits),
  'codes of measuring': () =>
    measurementErrorCodes
      .filter((code) => /^(PLAN|IMAGE)_/.test(code))
      .map((code) => `\`${code}\``)
      .join(' · '),
  problems: () =>
    table(
      ['`code`', 'status', 'client code', 'may pass'],
      (Object.keys(errorOfProblem) as ProblemCode[]).map((code) => {
        const client = errorOfProblem[code] as (typeof clientErrorCodes)[number]
        return [`\`${code}\``, `${problems[code].status}`, `\`${client}\``, mayPass(client)]
      }),
    ),
  remedies: () =>
    table(
      ['`kind`', 'what the user can do'],
      remedyKinds.map((kind) => [`\`${kind}\``, remedyMeanings[kind]]),
    ),
  'client codes': () =>
    table(
      ['client code', 'may pass'],
      clientErrorCodes.map((code) => [`\`${code}\``, mayPass(code)]),
    ),
}

const remedyMeanings: Readonly<Record<RemedyKind, string>> = {
  update_app: 'install the newest version of the app',
  update_os: 'install the updates of the operating system',
  update_play: 'update Google Play Store and Google Play services',
  play_dialog: "follow Google's dialog; `type_code` is the code that Play's library takes for it",
  lock_boot_loader: 'lock the boot loader, and install the system of the maker',
  install_from_store: 'remove the app and install it from the store',
  reload_page: 'load the page again',
  contact_support: 'ask support, and give it the `trace`',
  try_later: 'wait, and try again',
}

const labelUses: Readonly<Record<keyof typeof labels, string>> = {
  binding: 'the hash of client data that evidence commits to',
  androidKey: 'the attestation challenge of one key',
  clientData: 'what the installation key signs',
  challenge: "the input of a challenge's MAC (service only)",
  epoch: "the input of a plan's seed (service only)",
  segment: 'D',
  image: 'E',
  response: 'the key of the fold',
  tag: 'a tag',
  shape: 'a shape',
}

const limits: readonly (readonly [string, string])[] = [
  ['body of `/v1/challenges`', '8 KiB'],
  ['body of `/v1/attestations`', '256 KiB'],
  ['client data, base64url', '87,382 characters, nested 4 deep, 4,096 arrays, objects, members and elements'],
  ['life of a challenge', `${challengeLifetime} s`],
  ['codes in `failures`', `${mostFailures}, together ${longestFailures} characters`],
  ['`reference`', `${longestReference} bytes of UTF-8`],
  ['items of evidence', '4'],
  ['name of a segment in tags', '1024 UTF-16 units'],
  ['plan', `${number(longestPlan)} bytes`],
  ['epoch', `${number(2 ** 32 - 1)}`],
  ['reads of each image', number(mostReads)],
  ['`segment` of a read', number(mostSegments - 1)],
  ['`length` of a read', `${number(longestPiece)} bytes`],
  ['`count` of a read', number(mostPieces)],
  ['`step` of a stride', number(longestStep)],
  ['bytes that the reads of each image fold: length · count, summed up', number(mostBytes)],
  ['probes, exercises, functions of a plan, each', number(mostNames)],
]

function number(value: number): string {
  return value.toLocaleString('en')
}

function text(label: Uint8Array): string {
  return Buffer.from(label.subarray(0, -1)).toString()
}

function mayPass(code: (typeof clientErrorCodes)[number]): string {
  return new AssayClientError(code).retryable ? 'yes' : 'no'
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}

/**
 * The page with its generated parts as they must be. @throws Error for a part that nobody generates, or that is
 * missing
 */
export function protocolPage(page: string): string {
  const missing = new Set(Object.keys(blocks))
  const written = page.replace(/<!-- generated: ([^>]+) -->\n[^]*?<!-- end -->/g, (_, name: string) => {
    const block = blocks[name]
    if (block === undefined) throw new Error(`docs/protocol.md: nobody generates "${name}"`)
    missing.delete(name)
    return `<!-- generated: ${name} -->\n<!-- prettier-ignore-start -->\n\n${block()}\n\n<!-- prettier-ignore-end -->\n<!-- end -->`
  })
  if (missing.size > 0) throw new Error(`docs/protocol.md: lacks ${[...missing].join(', ')}`)
  return written
}

export function readProtocolPage(): string {
  return readFileSync(protocolPageFile, 'utf8')
}
