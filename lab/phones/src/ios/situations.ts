import { strict as assert } from 'node:assert'
import { rm, writeFile } from 'node:fs/promises'
import { registerForDevelopment } from '../scenarios/development.ts'
import { dcErrors } from './apple-server.ts'
import { appId, bundleOf } from './stage.ts'
import { liveSituations } from './live.ts'
import { lifecycle } from './lifecycle.ts'
import { orders, pause, thumbprint, type Situation } from './situation.ts'

export const iosSituations: readonly Situation[] = [
  ...lifecycle,
  ...liveSituations,
  {
    name: 'a patched script is refused, and its twin is served',
    async run(stage) {
      const patched = (await stage.phone({ files: { 'main.jsbundle': bundleOf(2) } })).start()
      const denied = await patched.ask('token')
      assert.deepEqual([denied.error, denied['retryable']], ['attestation_denied', false])
      assert.equal(await stage.codeOf(String(denied['trace'])), 'SOFTWARE_SEGMENT_MISMATCH')
      const twin = (await stage.phone({ files: { 'main.jsbundle': bundleOf(1) } })).start()
      assert.equal((await twin.ask('request', orders(stage)))['status'], 200)
    },
  },
  {
    name: 'an app of another team on a genuine iPhone is refused, and its twin is served',
    async run(stage) {
      const foreign = (await stage.phone({ appId: appId.replace('ASSAY', 'OTHER') })).start()
      const denied = await foreign.ask('token')
      assert.equal(denied.error, 'attestation_denied')
      assert.equal(await stage.codeOf(String(denied['trace'])), 'APP_ATTEST_APP_ID')
      const twin = (await stage.phone({ appId })).start()
      assert.equal((await twin.ask('request', orders(stage)))['status'], 200)
    },
  },
  {
    name: 'an attestation of another phone’s key is refused, and the own one is served',
    async run(stage) {
      const phone = await stage.phone()
      phone.apple.isForeign = true
      const app = phone.start()
      const denied = await app.ask('token')
      assert.equal(denied.error, 'attestation_denied')
      assert.equal(await stage.codeOf(String(denied['trace'])), 'APP_ATTEST_KEY_ID')
      phone.apple.isForeign = false
      await app.kill()
      assert.equal((await phone.start().ask('request', orders(stage)))['status'], 200)
    },
  },
  {
    name: 'an assertion by another key is refused',
    async run(stage) {
      const phone = await stage.phone()
      const app = phone.start()
      await app.ask('token')
      phone.apple.isForeign = true
      const denied = await app.ask('token', { force: true })
      assert.equal(denied.error, 'attestation_denied')
      assert.equal(await stage.codeOf(String(denied['trace'])), 'APP_ATTEST_ASSERTION_SIGNATURE')
    },
  },
  {
    name: 'what is in memory is what was registered, and a function that is patched there is told',
    async run(stage) {
      const { url } = stage.exacting
      const app = (await stage.phone()).start({ audiences: { [url]: url } })
      assert.equal((await app.ask('request', { url: `${url}/v1/orders` }))['status'], 200)
      await app.ask('patch')
      // In the next epoch everything is read again; until then, where fresh reads happen to fall decides.
      await app.kill()
      const patched = (await stage.phone()).start({ audiences: { [url]: url } })
      await patched.ask('patch')
      assert.equal((await patched.ask('token')).error, 'attestation_denied')
      const unread = (await stage.phone()).start({ audiences: { [url]: url }, loaded: {} })
      assert.equal((await unread.ask('token')).error, 'attestation_denied')
    },
  },
  {
    name: 'a function that is patched in memory is no denial where nobody asks for more',
    async run(stage) {
      const app = (await stage.phone()).start()
      await app.ask('patch')
      assert.equal((await app.ask('request', orders(stage)))['status'], 200)
    },
  },
  ...[
    { name: 'a debugger', found: { traced: true }, reason: 'DEBUGGER' },
    { name: 'Frida’s gadget', found: { injected: ['/tmp/FridaGadget.dylib'] }, reason: 'CODE_INJECTED' },
  ].map(({ name, found, reason }): Situation => ({
    name: `${name} in the process is found by a probe and refused, and the app without it is served`,
    async run(stage) {
      const phone = await stage.phone()
      const app = phone.start(found)
      const denied = await app.ask('token')
      assert.equal(denied.error, 'attestation_denied')
      assert.equal(await stage.codeOf(String(denied['trace'])), reason)
      await app.kill()
      assert.equal((await phone.start().ask('request', orders(stage)))['status'], 200)
    },
  })),
  {
    name: 'an app whose files change while it runs is refused when it is measured again',
    async run(stage) {
      const phone = await stage.phone()
      const app = phone.start()
      await app.ask('token')
      await writeFile(`${phone.bundle}/main.jsbundle`, bundleOf(2))
      const denied = await app.ask('token', { force: true })
      assert.ok(
        ['attestation_denied', 'measurement_failed'].includes(String(denied.error)),
        String(denied.error),
      )
      await app.kill()
      assert.equal((await phone.start().ask('token', { force: true })).error, 'attestation_denied')
      await writeFile(`${phone.bundle}/main.jsbundle`, bundleOf(1))
      assert.equal((await phone.start().ask('request', orders(stage)))['status'], 200)
    },
  },
  {
    name: 'a full disk is told where no key can be kept, and costs nothing where there is one',
    async run(stage) {
      const phone = await stage.phone()
      const full = `${phone.bundle}/../keychain/full`
      await writeFile(full, '')
      const app = phone.start()
      const failed = await app.ask('token')
      assert.deepEqual([failed.error, failed['platform']], ['key_store_failed', 'NSOSStatusErrorDomain:-34'])
      await rm(full)
      await pause(1_100)
      assert.equal((await app.ask('request', orders(stage)))['status'], 200)
      await writeFile(full, '')
      assert.equal((await app.ask('token', { force: true })).error, undefined)
      assert.equal((await app.ask('request', orders(stage)))['status'], 200)
    },
  },
  {
    name: 'without App Attest an app is refused that is registered for it: by its SDK, by name, and then by the service',
    async run(stage) {
      const app = (await stage.phone({ simulator: true })).start()
      const failed = await app.ask('token')
      assert.equal(failed.error, 'evidence_failed')
      assert.match(String(failed['message']), /unsupported:device/)
      await pause(1_000)
      const denied = await app.ask('token')
      assert.equal(denied.error, 'attestation_denied')
      assert.equal(await stage.codeOf(String(denied['trace'])), 'HARDWARE_EVIDENCE_MISSING')
    },
  },
  {
    name: 'an App Attest key that was lost heals once',
    async run(stage) {
      const phone = await stage.phone()
      const app = phone.start()
      await app.ask('token')
      phone.apple.forgetKeys()
      assert.equal((await app.ask('token', { force: true })).error, undefined)
      assert.equal((await app.ask('request', orders(stage)))['status'], 200)
      assert.deepEqual(phone.apple.asked, { generate: 2, attest: 2, assert: 1 })
    },
  },
  {
    name: 'Apple’s servers that cannot be reached burn no key, and their own code is told',
    async run(stage) {
      const phone = await stage.phone()
      phone.apple.faults.attest.push(dcErrors.serverUnavailable)
      const app = phone.start()
      const failed = await app.ask('token')
      assert.deepEqual([failed.error, failed['retryable']], ['evidence_failed', true])
      assert.equal(failed['platform'], 'com.apple.devicecheck.error:4')
      await pause(1_100)
      assert.equal((await app.ask('token')).error, undefined)
      assert.equal(phone.apple.asked.generate, 1)
    },
  },
  {
    name: 'two processes of an app are one installation: one key, one enrolment, assertions in turn',
    async run(stage) {
      const phone = await stage.phone()
      const both = [phone.start(), phone.start()]
      const tokens = await Promise.all(both.map((one) => one.ask('token')))
      assert.deepEqual(
        tokens.map(({ error }) => error),
        [undefined, undefined],
      )
      const refreshed = await Promise.all(both.map((one) => one.ask('token', { force: true })))
      assert.deepEqual(
        refreshed.map(({ error }) => error),
        [undefined, undefined],
      )
      const served = await Promise.all(both.map((one) => one.ask('request', orders(stage))))
      assert.deepEqual(
        served.map(({ status }) => status),
        [200, 200],
      )
      assert.equal(phone.apple.asked.attest, 1)
    },
  },
  {
    name: 'an extension measures the app that contains it, and a patched app is refused there too',
    async run(stage) {
      const { app, api } = stage.plain
      const own = { app, audiences: { [api.url]: api.url } }
      const request = { url: `${api.url}/v1/orders` }
      const phone = await stage.phone()
      const extension = phone.startExtension(own)
      for (const _ of [1, 2]) assert.equal((await extension.ask('token', { force: true })).error, undefined)
      assert.equal((await extension.ask('request', request))['status'], 200)
      assert.equal(phone.apple.asked.generate, 0)
      const patched = await stage.phone({ files: { 'main.jsbundle': bundleOf(2) } })
      const denied = await patched.startExtension(own).ask('token')
      assert.equal(denied.error, 'attestation_denied')
      assert.equal(await stage.codeOf(String(denied['trace'])), 'SOFTWARE_SEGMENT_MISMATCH')
    },
  },
  {
    name: 'where App Attest vouches for the app, its extension has the tokens of the app and gets none itself',
    async run(stage) {
      const phone = await stage.phone()
      const shared = { group: 'TEAM.shared' }
      const [app, extension] = [phone.start(shared), phone.startExtension(shared)]
      const { token } = await app.ask('token')
      assert.equal((await extension.ask('token'))['token'], token)
      assert.equal((await extension.ask('request', orders(stage)))['status'], 200)
      const refused = await extension.ask('token', { force: true })
      assert.equal(refused.error, 'evidence_failed')
      assert.match(String(refused['message']), /unsupported:extension/)
      // The app is none the worse for it.
      assert.equal((await app.ask('token', { force: true })).error, undefined)
      assert.deepEqual(phone.apple.asked, { generate: 1, attest: 1, assert: 1 })
    },
  },
  {
    name: 'a keychain that is locked is told, and no key is replaced for it',
    async run(stage) {
      const phone = await stage.phone()
      const first = phone.start()
      await first.ask('token')
      await first.kill()
      const lock = `${phone.bundle}/../keychain/locked`
      await writeFile(lock, '')
      const app = phone.start()
      const failed = await app.ask('token')
      assert.deepEqual(
        [failed.error, failed['platform']],
        ['key_store_failed', 'NSOSStatusErrorDomain:-25308'],
      )
      await rm(lock)
      await pause(1_100)
      assert.equal((await app.ask('token')).error, undefined)
      assert.deepEqual(phone.apple.asked, { generate: 1, attest: 1, assert: 0 })
    },
  },
  {
    name: 'a request that the app signs for another client is served, and once only',
    async run(stage) {
      const app = (await stage.phone()).start()
      const { url } = orders(stage)
      const fields = Object.entries(await app.ask('sign', { url })).filter(([name]) =>
        /^(oauth|dpop)/i.test(name),
      )
      const headers = Object.fromEntries(fields.map(([name, value]) => [name, String(value)]))
      assert.equal((await fetch(url, { headers })).status, 200)
      assert.equal((await fetch(url, { headers })).status, 401)
    },
  },
  {
    name: 'reset makes a new installation',
    async run(stage) {
      const phone = await stage.phone()
      const app = phone.start()
      const { token } = await app.ask('token')
      await app.ask('reset')
      const other = await app.ask('token')
      assert.equal(other.error, undefined)
      assert.notEqual(thumbprint(String(other['token'])), thumbprint(String(token)))
    },
  },
  {
    name: 'where the app chose so, a request without token goes out and says why',
    async run(stage) {
      const phone = await stage.phone({ files: { 'main.jsbundle': bundleOf(3) } })
      const app = phone.start({ withoutToken: 'send' })
      const answered = await app.ask('request', orders(stage))
      assert.deepEqual([answered.error, answered['status']], [undefined, 401])
    },
  },
  {
    name: 'a development secret serves a simulator in development, and nothing in production',
    async run(stage) {
      const { app, api, secret } = await registerForDevelopment(stage.issuer, 'ios', stage.assay)
      try {
        const simulator = await stage.phone({ simulator: true, files: { 'main.jsbundle': undefined } })
        const own = { app, developmentSecret: secret }
        const phone = simulator.start({ ...own, audiences: { [api.url]: api.url } })
        assert.equal((await phone.ask('request', { url: `${api.url}/v1/orders` }))['status'], 200)
        const refused = await simulator.start(own).ask('token')
        assert.deepEqual([refused.error, refused['problem']], ['request_refused', 'development_refused'])
      } finally {
        await api.close()
      }
    },
  },
  {
    name: 'the debug log holds codes and traces, and no token',
    async run(stage) {
      const app = (await stage.phone()).start()
      const { token, trace } = await app.ask('token')
      const log = String((await app.ask('log'))['log'])
      assert.match(log, /^assay:sdk:assay-ios\//)
      assert.ok(log.includes(String(trace)))
      for (const part of String(token).split('.')) assert.ok(!log.includes(part))
    },
  },
]
