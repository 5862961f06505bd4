import { createApkSigner, rebuildApk } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import type { Attack } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { noRegistration, onlyAssay, refusedWith } from '../attack/expected.ts'
import { registration } from '../kinds/registration.ts'
import { callFrom, outcomeOfAnswer } from '../world/call.ts'
import { allOf, refused, served } from '../world/outcome.ts'
import type { World } from '../world/world.ts'

/** Builds that should not be registered, and keys that are used for more than they are for. */
export const registrations: readonly Attack[] = [
  registration({
    id: 'registered-by-stranger',
    sdks: without('at-the-service'),
    title: 'A stranger registers a build',
    oat: 'OAT-014',
    method: 'the released build, with a made-up key',
    expected: onlyAssay(noRegistration, refusedWith('unauthorized')),
    attack: ({ operator, apks }) => operator.register(apks.release, { id: 'mine', key: 'assay_made_up' }),
  }),
  registration({
    id: 'registered-debuggable',
    sdks: without('at-the-service'),
    title: 'A debuggable build is registered with a leaked pipeline key',
    oat: 'OAT-020',
    method: 'the debug build as published',
    expected: onlyAssay(noRegistration, refusedWith('build_debuggable')),
    attack: ({ operator, apks }, key) => operator.register(apks.published, { id: 'debug', key }),
  }),
  registration({
    id: 'registered-other-signer',
    sdks: without('at-the-service'),
    title: 'A repackaged app is registered with a leaked pipeline key',
    oat: 'OAT-020',
    method: "validly signed, with the attacker's certificate",
    expected: onlyAssay(noRegistration, refusedWith('signer_not_registered')),
    async attack({ operator, apks }, key) {
      const evil = await createApkSigner('Repackager')
      const repackaged = await rebuildApk(apks.release, { variant: 'as-is' }, evil)
      return operator.register(repackaged, { id: 'repackaged', key })
    },
  }),
  registration({
    id: 'registered-signature-broken',
    sdks: without('at-the-service'),
    title: 'An APK is registered that was changed after it was signed',
    oat: 'OAT-020',
    method: 'one bit of the first entry; certificate and signature are the genuine ones',
    expected: onlyAssay(noRegistration, refusedWith('APK_DIGEST_MISMATCH')),
    attack({ operator, apks }, key) {
      const changed = Buffer.from(apks.release)
      changed[200] = (changed[200] as number) ^ 1
      return operator.register(changed, { id: 'changed', key })
    },
  }),
  registration({
    id: 'registered-junk',
    sdks: without('at-the-service'),
    title: 'Files that are not APKs are registered with a leaked pipeline key',
    oat: 'OAT-015',
    method: 'nothing, other bytes, half an APK, an APK with bytes behind it',
    expected: onlyAssay(noRegistration, refusedWith('ZIP_MALFORMED,ZIP_TRUNCATED')),
    async attack({ operator, apks: { release } }, key) {
      const files = [
        Buffer.alloc(0),
        Buffer.alloc(100_000, 'junk'),
        release.subarray(0, release.length >> 1),
        release.subarray(release.length >> 1),
        Buffer.concat([release, Buffer.alloc(64)]),
      ]
      const outcomes = []
      for (const file of files) outcomes.push(await operator.register(file, { id: 'junk', key }))
      return allOf(outcomes)
    },
  }),
  {
    id: 'pipeline-key-exceeded',
    sdks: without('at-the-service'),
    title: 'A leaked pipeline key is used for more than registering builds',
    oat: 'OAT-014',
    method: "an admin key, another API, a lower minimum, another app's builds, a build's retirement",
    expected: onlyAssay(noRegistration, refusedWith('scope_insufficient')),
    run: {
      assay: async (world) => {
        const { android, web } = world.apps
        const key = await world.operator.registrationKey(android)
        const tries = [
          callAs(world, key, 'POST', '/v1/keys', { name: 'mine', scope: 'admin' }),
          callAs(world, key, 'POST', '/v1/apis', {
            audience: 'https://evil.example',
            apps: [android],
            tiers: ['warning'],
          }),
          callAs(world, key, 'PATCH', `/v1/apps/${android}`, { min_version_code: 0 }),
          callAs(world, key, 'GET', `/v1/apps/${web}/builds`),
          callAs(world, key, 'POST', `/v1/apps/${android}/builds/${world.builds.release.id}/retire`),
        ]
        return {
          attack: allOf(await Promise.all(tries)),
          twin: await callAs(world, key, 'GET', `/v1/apps/${android}/builds`),
        }
      },
    },
  },
  {
    id: 'retired-build-registered-again',
    sdks: without('at-the-service'),
    title: 'A retired build comes back under another id, with a leaked pipeline key',
    oat: 'OAT-020',
    method:
      'its genuine APK, on a device that names the new id; twin: an APK of the owner that nobody retired',
    expected: onlyAssay(noRegistration, refusedWith('build_not_registered')),
    run: {
      assay: async (world) => {
        const { operator, apks, apps, signer } = world
        const key = await operator.registrationKey(apps.android)
        const releaseOf = (note: string) =>
          rebuildApk(
            apks.release,
            { variant: 'as-is', put: { 'assets/release.js': Buffer.from(note) } },
            signer,
          )
        const served = async (apk: Buffer, build: string) => {
          await operator.register(apk, { id: build, key })
          const device = await world.device({ apk, build })
          try {
            return await callFrom(device, world.apis.orders, world)
          } finally {
            device.close()
          }
        }
        const faulty = await releaseOf('faulty')
        await operator.register(faulty, { id: 'faulty' })
        await operator.retire('faulty')
        return {
          attack: await served(faulty, 'faulty-again'),
          twin: await served(await releaseOf('mended'), 'mended'),
        }
      },
    },
  },
  {
    id: 'reason-looked-up',
    sdks: without('at-the-service'),
    title: 'An attacker looks up why they were refused',
    oat: 'OAT-018',
    method: 'the trace id of their own denial, without a key and with that of a pipeline; twin: the operator',
    expected: onlyAssay(noRegistration, refusedWith('scope_insufficient,unauthorized')),
    run: {
      assay: async (world) => {
        const evil = await createApkSigner('Repackager')
        const put = { 'assets/evil.js': Buffer.from('evil()') }
        const device = await world.device({
          apk: await rebuildApk(world.apks.release, { variant: 'as-is', put }, evil),
        })
        await callFrom(device, world.apis.orders, world)
        device.close()
        const { trace } = device.exchanges.at(-1)?.response as { trace: string }
        const url = new URL(`/v1/attestations/${trace}`, world.service)
        const key = await world.operator.registrationKey(world.apps.android)
        const tries = [{}, { authorization: `Bearer ${key}` }].map(async (headers) =>
          outcomeOfAnswer(await fetch(url, { headers }), world),
        )
        const reason = await world.operator.codeOf(trace)
        return {
          attack: allOf(await Promise.all(tries)),
          twin: reason === undefined ? refused(404, 'trace_not_found') : served(),
        }
      },
    },
  },
]

async function callAs(
  world: World,
  key: string,
  method: string,
  path: string,
  body?: object,
): Promise<Outcome> {
  const response = await fetch(new URL(path, world.service), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return outcomeOfAnswer(response, world)
}
