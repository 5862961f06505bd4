import type { AuditVerification, ListedAuditEntry } from '@assay/protocol/schemas'
import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import { noService, onlyAssay, refusedWith } from '../attack/expected.ts'
import { callFrom } from '../world/call.ts'
import { allOf, everyOf, refused, served, type Outcome } from '../world/outcome.ts'
import type { World } from '../world/world.ts'

const callers = 60
/** Requests of each caller. */
const verifications = 3
const bloatedPolicies = 40
/** Readers of the whole log at once. */
const readers = 12
/** Bytes of an answer that twelve readers may have at once. */
const mostBytes = 1024 * 1024

/** Somebody with a small key of the service: what they may ask for must not cost others their service. */
export const insiders: readonly Attack[] = [
  {
    id: 'read-key-verifies-in-parallel',
    sdks: without('at-the-service'),
    title:
      'A key that may only read has the audit log verified over and over, so that the service does nothing else',
    oat: 'OAT-015',
    method: `${callers} callers at once; through if they begin more than a run for all of them, or a genuine device that enrols meanwhile is not served; twin: one caller learns that the log is whole`,
    expected: onlyAssay(noService, refusedWith('OTHERS_SERVED')),
    run: {
      assay: async (world) => {
        const key = await world.operator.key('read')
        const began = new Set<string | undefined>()
        const verify = async () => {
          const { body } = await askAs<Partial<AuditVerification>>(world, key, 'GET', '/v1/audit/verify')
          began.add(body.run?.began_at)
          return body.ok === true
        }
        const attacking = Promise.all(
          Array.from({ length: callers }, async () => {
            for (let i = 0; i < verifications; i++) await verify()
          }),
        )
        const device = await enrolled(world)
        await attacking
        // A run that was an hour old may have come to its end in the middle.
        const isShared = !began.has(undefined) && began.size <= 2
        return {
          attack: device.through && isShared ? refused(0, 'OTHERS_SERVED') : served(),
          twin: everyOf([device, (await verify()) ? served() : refused(200, 'AUDIT_BROKEN')]),
        }
      },
    },
  },
  {
    id: 'policy-key-bloats-audit',
    sdks: without('at-the-service'),
    title: 'A key that may change policies fills the audit log with large documents, and reads it as a whole',
    oat: 'OAT-015',
    method: `${bloatedPolicies} versions of a policy of 60 kB, and ${readers} readers of the longest pages at once; through if a page has more than a megabyte, or a genuine device that enrols meanwhile is not served; twin: a reader gets each document by its number`,
    expected: onlyAssay(noService, refusedWith('OTHERS_SERVED')),
    run: {
      assay: async (world) => {
        const key = await world.operator.key('policy')
        for (let i = 0; i < bloatedPolicies; i++)
          await askAs(world, key, 'PUT', '/v1/policies/bloated', bloatedPolicy(String(i)))
        let most = 0
        const reading = Promise.all(
          Array.from({ length: readers }, async () => {
            for (const list of ['/v1/audit?limit=1000', '/v1/policies/bloated/versions?limit=1000'])
              most = Math.max(most, (await askAs(world, key, 'GET', list)).bytes)
          }),
        )
        const device = await enrolled(world)
        await reading
        return {
          attack: device.through && most <= mostBytes ? refused(0, 'OTHERS_SERVED') : served(),
          twin: everyOf([device, await documentByNumber(world, key)]),
        }
      },
    },
  },
  {
    id: 'boot-key-slipped-in',
    sdks: without('at-the-service'),
    title:
      'Somebody with a small key gives the boot key of a system of their own, so that phones with it are let in',
    oat: 'OAT-020',
    method:
      'the list is in the published form and its digest is right; tried with a key that may only read, and with one that may change policies; twin: an admin gives it',
    expected: onlyAssay(noService, refusedWith('scope_insufficient')),
    run: {
      assay: async ({ operator }) => ({
        attack: allOf([
          await operator.giveBootKeys(await operator.key('read')),
          await operator.giveBootKeys(await operator.key('policy')),
        ]),
        twin: await operator.giveBootKeys(),
      }),
    },
  },
]

/** The largest document that the service takes, near enough. */
const bloatedPolicy = (name: string) => ({
  name,
  required: [{ claim: 'evidence.software.measured', one_of: [true] }],
  rules: Array.from({ length: 60 }, () => ({ when: 'true', tier: 'warning', description: 'x'.repeat(930) })),
})

/** Whether the newest version of the policy is in the log, as it was saved. */
async function documentByNumber(world: World, key: string): Promise<Outcome> {
  const list = '/v1/audit?limit=1&action=policy.put&object=bloated'
  const { body } = await askAs<{ entries: ListedAuditEntry[] }>(world, key, 'GET', list)
  const [last] = body.entries
  const { body: entry } = await askAs<{ after?: { document: object } }>(
    world,
    key,
    'GET',
    `/v1/audit/${last?.number}`,
  )
  const saved = JSON.stringify(entry.after?.document)
  return saved === JSON.stringify(bloatedPolicy(String(bloatedPolicies - 1)))
    ? served()
    : refused(404, 'audit_entry_not_found')
}

async function enrolled(world: World): Promise<Outcome> {
  const device = await world.device()
  try {
    return await callFrom(device, world.apis.orders, world)
  } finally {
    device.close()
  }
}

async function askAs<Body>(
  world: World,
  key: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ body: Body; bytes: number }> {
  const response = await fetch(new URL(path, world.service), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} was answered by ${response.status}`)
  return { body: JSON.parse(text) as Body, bytes: text.length }
}
