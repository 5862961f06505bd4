import { writeFile } from 'node:fs/promises'
import { createApkSigner, readZip, rebuildApk } from '@assay/testkit'
import { must, mustFail, startPhone, type Scenario } from './scenario.ts'

/** The last byte of the first dex: nothing else differs. */
function patch(name: string, content: Buffer): Buffer {
  if (name !== 'classes.dex') return content
  const patched = Buffer.from(content)
  patched[patched.length - 1] = (patched[patched.length - 1] as number) ^ 1
  return patched
}

/** Apps and hardware that differ from the registration. Each is refused, and for its own reason if another could be mistaken for it. */
export const tampered: readonly Scenario[] = [
  {
    name: 'patched-dex',
    async play(stage) {
      const signer = await createApkSigner('Somebody')
      const apk = await rebuildApk(stage.world.apk, { variant: 'as-is', change: patch }, signer)
      must(
        (await readZip(apk)).some(({ name }) => name === 'classes.dex'),
        'there is no dex to patch',
      )
      const phone = await startPhone(stage, { name: 'patched', apk })
      mustFail(await phone.ask('token'), 'attestation_denied')
    },
  },
  {
    name: 're-signed-app',
    async play(stage) {
      const { phones, foreignSigner } = stage.world
      const hardware = phones.pixel({ app: { ...phones.installed, signers: [foreignSigner] } })
      const phone = await startPhone(stage, { name: 're-signed', hardware })
      mustFail(await phone.ask('token'), 'attestation_denied')
    },
  },
  {
    name: 'foreign-key',
    async play(stage) {
      const { phones } = stage.world
      const genuine = phones.pixel()
      // A chain of genuine hardware, of a key that this phone does not have.
      const foreign = {
        ...genuine,
        attestKey: (_: unknown, challenge: Uint8Array) => genuine.attest(Buffer.from(challenge).toString()),
      }
      const phone = await startPhone(stage, { name: 'foreign-key', hardware: foreign })
      mustFail(await phone.ask('token'), 'key_store_failed')
    },
  },
  {
    name: 'unlocked-boot-loader',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'unlocked', hardware: stage.world.phones.unlocked() })
      mustFail(await phone.ask('token'), 'attestation_denied')
    },
  },
  {
    name: 'build-that-nobody-registered',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'unregistered', build: 'no-such-build' })
      mustFail(await phone.ask('token'), 'build_refused')
    },
  },
  {
    name: 'apk-changed-while-it-is-read',
    async play(stage) {
      const phone = await startPhone(stage, { name: 'changed' })
      must((await phone.ask('token')).error === undefined, 'the app was refused before')
      const signer = await createApkSigner('Somebody')
      await writeFile(
        phone.described.apk,
        await rebuildApk(stage.world.apk, { variant: 'as-is', change: patch }, signer),
      )
      // First a malfunction, because the open file is no longer the installed one; then the new bytes are measured.
      mustFail(await phone.ask('token', { force: true }), 'measurement_failed')
      await phone.ask('clock', { slept: 61_000 })
      mustFail(await phone.ask('token', { force: true }), 'attestation_denied')
    },
  },
]
