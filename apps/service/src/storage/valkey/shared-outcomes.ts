import { hkdfSync } from 'node:crypto'
import { encodeBase64url, label } from '@assay/protocol'
import type { BatchRefusal, ExchangeOutcomes, OutcomeBatch } from '../../operations/outcome-feed.ts'
import type { Clock, Random } from '../../system/ports.ts'
import { StoreNotAnswering } from '../errors/storage-error.ts'
import { liveLimits } from './live-functions.ts'
import type { Valkey } from './open-valkey.ts'
import { createSealedBatches } from './sealed-batches.ts'

/** Milliseconds for which a viewer's name is stated; batches that name it count for as long again. */
const nameLasts = 30_000
const nameForm = /^[\w-]{22}$/

interface SharedOutcomesDependencies {
  valkey: Pick<Valkey, 'call'>
  /** 32 bytes that all nodes have, and Valkey does not. */
  secret: Uint8Array
  random: Random
  steady: Clock
}

/** The live outcomes of all nodes that share the server and the secret. Nothing passes while nobody watches. */
export function createSharedOutcomes({
  valkey,
  secret,
  random,
  steady,
}: SharedOutcomesDependencies): ExchangeOutcomes {
  const batches = createSealedBatches(secret, random(16))
  const keys = keysOf(secret)
  let viewers: readonly string[] = []
  /** The name that this node's viewers have, and the one before it; none while nobody watches here. */
  let names: readonly string[] = []
  let namedAt = 0
  let last = ''

  const drawName = () => {
    if (names.length > 0 && steady() - namedAt < nameLasts) return
    names = [encodeBase64url(random(16)), ...names.slice(0, 1)]
    namedAt = steady()
  }
  const begin = () => {
    batches.forget()
    last = ''
  }
  const open = (texts: readonly string[]) => {
    const heard: Pick<OutcomeBatch, 'outcomes' | 'left_out'>[] = []
    const refused: BatchRefusal[] = []
    for (const text of texts) {
      const one = batches.open(text, names)
      if (typeof one === 'string') refused.push(one)
      else if (one !== undefined) heard.push(one)
    }
    return { batches: heard, refused }
  }

  return async (own, watchesHere) => {
    if (watchesHere && names.length === 0) begin()
    if (watchesHere) drawName()
    else names = []
    const [name = ''] = names
    const all = name === '' ? viewers : [name, ...viewers.filter((other) => !names.includes(other))]
    const isSent = all.length > 0 && (own.outcomes.length > 0 || own.left_out > 0)
    const batch = isSent ? batches.seal(own, all) : ''
    const before = last
    last = ''
    const answer = readAnswer(await valkey.call('assay_live_1_exchange', keys, [name, before, batch]))
    viewers = answer.viewers
    const isWatched = viewers.length > 0
    if (!watchesHere) return { isWatched, batches: [], refused: [] }
    const texts = answer.entries.map(({ text }) => text)
    // A server whose clock was set back numbers what is new as if it were old. No client waits, so none needs a chance.
    if (isSent && !texts.includes(batch))
      throw new StoreNotAnswering('STORAGE_VALKEY_NOT_ANSWERING', 0, undefined)
    last = answer.entries.at(-1)?.id ?? before
    const heard = open(texts)
    // After a failure the server is asked for everything again.
    return before === ''
      ? { isWatched, ...heard, refused: heard.refused.filter((reason) => reason !== 'repeated') }
      : { isWatched, ...heard }
  }
}

/** Services that share a server have no keys in common. */
function keysOf(secret: Uint8Array): string[] {
  const id = encodeBase64url(
    new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(), label('assay/outcome-stream/1'), 12)),
  )
  return [`assay:{live-${id}}:viewers`, `assay:{live-${id}}:batches`]
}

function readAnswer(answer: unknown) {
  const [viewers, flat] = answer as [string[], string[]]
  const entries: { id: string; text: string }[] = []
  for (let i = 0; i + 1 < flat.length && entries.length < 2 * liveLimits.batches; i += 2)
    entries.push({ id: flat[i] as string, text: flat[i + 1] as string })
  return { viewers: viewers.filter((name) => nameForm.test(name)).slice(0, liveLimits.names), entries }
}
