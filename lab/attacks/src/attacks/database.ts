import { without } from '../attack/sdks.ts'
import type { Attack, Attempt } from '../attack/attack.ts'
import { noService, onlyAssay, onlyHardware, refusedWith, through } from '../attack/expected.ts'
import { allOf, everyOf, type Outcome } from '../world/outcome.ts'
import type { HardwareWorld, OtherService, StoredList, World, WrittenService } from '../world/world.ts'

/** No phone takes part: what happens at one level is what happens at the other, and is carried out once for both. */
function alikeAtBothLevels(run: (world: World) => Promise<Attempt>): (world: World) => Promise<Attempt> {
  const attempts = new WeakMap<World['startWritten'], Promise<Attempt>>()
  return (world) => {
    const attempt = attempts.get(world.startWritten) ?? run(world)
    attempts.set(world.startWritten, attempt)
    return attempt
  }
}

/** One service for the attacker, and another one, to which the same happens but for what the attacker does. */
async function withServices(
  { startWritten }: Pick<World, 'startWritten'>,
  run: (service: WrittenService, isTwin: boolean) => Promise<Outcome[]>,
) {
  const outcomes: Outcome[] = []
  for (const isTwin of [false, true]) {
    const service = await startWritten()
    try {
      outcomes.push((isTwin ? everyOf : allOf)(await run(service, isTwin)))
    } finally {
      await service.stop()
    }
  }
  const [attack, twin] = outcomes as [Outcome, Outcome]
  return { attack, twin }
}

/** A service that has stored Google's list before a phone was revoked, and after it. */
interface RevokedPhone {
  service: OtherService
  lists: { before: StoredList; after: StoredList; elsewhere: StoredList }
  /** Restarts the service over this copy, with or without an answer of Google. @returns what the phone gets */
  attest(stored: StoredList, google: 'sound' | 'down'): Promise<Outcome>
}

async function withRevokedPhone(
  { phones, startOther }: HardwareWorld,
  run: (on: RevokedPhone) => Promise<Attempt>,
): Promise<Attempt> {
  const service = await startOther('test')
  const { keybox } = phones.pixel()
  const tryIt = () => service.attest('android', { evidence: phones.pixel({ keybox }).evidence })
  try {
    await service.restart('another-url')
    await tryIt()
    const elsewhere = service.writer.readList()
    await service.restart()
    await tryIt()
    const before = service.writer.readList()
    phones.revoke(keybox)
    await service.restart()
    await tryIt()
    const lists = { before, after: service.writer.readList(), elsewhere }
    return await run({
      ...{ service, lists },
      async attest(stored, google) {
        phones.statusListIs(google)
        service.writer.putList(stored)
        await service.restart()
        return tryIt()
      },
    })
  } finally {
    phones.statusListIs('sound')
    await service.stop()
  }
}

/** What somebody does who writes to the database of the service, but does not have its sealing key. */
export const database: readonly Attack[] = [
  {
    id: 'audit-rewritten-then-sealed',
    sdks: without('at-the-service'),
    title: 'The audit log is rewritten in the database, so that the next act of anybody seals it',
    oat: 'OAT-020',
    method:
      'every entry gets another actor, all hashes and the head fit; then an operator acts, and `assay audit verify` runs; twin: nothing is rewritten',
    expected: onlyAssay(noService, refusedWith('CLI_AUDIT_BROKEN')),
    run: {
      assay: alikeAtBothLevels((world) =>
        withServices(world, async ({ verify, act, writer, restart }, isTwin) => {
          if (!isTwin) writer.rewriteAudit()
          await act()
          const once = await verify()
          await restart()
          await act()
          return [once, await verify()]
        }),
      ),
    },
  },
  {
    id: 'audit-erased',
    sdks: without('at-the-service'),
    title: 'The audit log is erased in the database, with its head and its key',
    oat: 'OAT-020',
    method:
      '`assay audit verify` runs at once, and again after a restart and an act of an operator; twin: nothing is erased',
    expected: onlyAssay(noService, refusedWith('CLI_AUDIT_BROKEN')),
    run: {
      assay: alikeAtBothLevels((world) =>
        withServices(world, async ({ verify, act, writer, restart }, isTwin) => {
          if (!isTwin) writer.eraseAudit()
          const once = await verify()
          await restart()
          await act()
          return [once, await verify()]
        }),
      ),
    },
  },
  {
    id: 'status-list-rolled-back',
    isAlone: true,
    sdks: without('at-the-service'),
    title: 'The stored copy of Google’s status list is written over, so that a revoked phone counts again',
    oat: 'OAT-020',
    method:
      'a list from before the revocation: whole while Google answers, then with Google cut off its body under the later tag, the later row with its body, the list of another URL, a time to come, and half a body; the service restarts each time; twin: the copy that it wrote, with Google cut off, serves a phone that nobody revoked',
    expected: onlyHardware(refusedWith('ANDROID_KEY_REVOKED,temporarily_unavailable')),
    run: {
      'assay-hardware': (world) =>
        withRevokedPhone(world, async ({ service, lists: { before, after, elsewhere }, attest }) => {
          const forged: StoredList[] = [
            { ...before, etag: after.etag },
            { ...after, body: before.body, sha256: before.sha256 },
            { ...elsewhere, url: after.url },
            { ...before, read_at: Date.now() + 3_600_000 },
            { ...before, body: before.body.subarray(0, before.body.length / 2) },
          ]
          const outcomes = [await attest(before, 'sound')]
          for (const stored of forged) outcomes.push(await attest(stored, 'down'))
          outcomes.push(await attest(after, 'down'))
          const { evidence } = world.phones.pixel()
          return { attack: allOf(outcomes), twin: await service.attest('android', { evidence }) }
        }),
    },
  },
  {
    id: 'status-list-replayed-under-siege',
    isAlone: true,
    sdks: without('at-the-service'),
    title:
      'The service is cut off from Google, and the copy that it stored some hours ago is put back as it was',
    oat: 'OAT-020',
    method:
      'the row holds the MAC of the service and is younger than `--status-list-max-age`: a revocation since then does not count until Google answers again',
    expected: onlyHardware(through),
    run: {
      'assay-hardware': (world) =>
        withRevokedPhone(world, async ({ lists: { before }, attest }) => ({
          attack: await attest(before, 'down'),
        })),
    },
  },
]
