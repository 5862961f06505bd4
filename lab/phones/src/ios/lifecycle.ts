import { strict as assert } from 'node:assert'
import { formats, orders, pause, thumbprint, type Situation } from './situation.ts'

/** An app that is killed, sleeps or loses the network recovers. */
export const lifecycle: readonly Situation[] = [
  {
    name: 'a genuine app on a genuine iPhone enrols and is served',
    async run(stage) {
      const phone = await stage.phone()
      const app = phone.start()
      assert.equal((await app.ask('request', orders(stage)))['status'], 200)
      assert.deepEqual(formats(phone.gate.passed), [['apple-app-attest']])
      assert.equal((await app.ask('state'))['state'], 'attested')
      assert.deepEqual((await app.ask('events'))['events'], ['token'])
    },
  },
  {
    name: 'a refresh carries an assertion and no attestation',
    async run(stage) {
      const phone = await stage.phone()
      const app = phone.start()
      await app.ask('token')
      for (const _ of [1, 2]) assert.equal((await app.ask('token', { force: true })).error, undefined)
      const assertion = ['apple-app-attest-assertion']
      assert.deepEqual(formats(phone.gate.passed), [['apple-app-attest'], assertion, assertion])
      assert.deepEqual(phone.apple.asked, { generate: 1, attest: 1, assert: 2 })
    },
  },
  {
    name: 'after kill -9 the app goes on with its key and its tokens',
    async run(stage) {
      const phone = await stage.phone()
      const first = phone.start()
      const { token } = await first.ask('token')
      await first.kill()
      const second = phone.start()
      assert.equal((await second.ask('token'))['token'], token)
      assert.equal((await second.ask('request', orders(stage)))['status'], 200)
      assert.deepEqual(phone.apple.asked, { generate: 1, attest: 1, assert: 0 })
    },
  },
  {
    name: 'an app that is killed in the middle of its enrolment enrols when it starts again',
    async run(stage) {
      const phone = await stage.phone()
      phone.gate.way = 'lost'
      const first = phone.start()
      const asking = first.ask('token').catch(() => undefined)
      while (!phone.gate.passed.some(({ path }) => path === '/v1/challenges')) await pause(20)
      await first.kill()
      await asking
      phone.gate.way = 'open'
      assert.equal((await phone.start().ask('request', orders(stage)))['status'], 200)
    },
  },
  {
    name: 'an app that is killed while the answer is on its way sends the same bytes again, and attests no second key',
    async run(stage) {
      const phone = await stage.phone()
      const first = phone.start()
      const asking = first.ask('token').catch(() => undefined)
      while (formats(phone.gate.passed).length === 0) {
        if (phone.gate.passed.length === 1) phone.gate.way = 'lost'
        await pause(2)
      }
      await first.kill()
      await asking
      phone.gate.way = 'open'
      const before = phone.gate.passed.length
      assert.equal((await phone.start().ask('request', orders(stage)))['status'], 200)
      const after = phone.gate.passed.slice(before)
      assert.deepEqual(after, [phone.gate.passed[1]])
      assert.deepEqual(phone.apple.asked, { generate: 1, attest: 1, assert: 0 })
    },
  },
  {
    name: 'killed again and again, at any moment, it is one installation in the end',
    async run(stage) {
      const phone = await stage.phone()
      for (const milliseconds of [0, 5, 15, 30, 50, 80, 120, 180, 250]) {
        const app = phone.start()
        const asking = app.ask('token', { force: true }).catch(() => undefined)
        await Promise.race([asking, pause(milliseconds + 60)])
        await app.kill()
      }
      const app = phone.start()
      const [one, other] = [await app.ask('token'), await app.ask('token', { force: true })]
      assert.deepEqual([one.error, other.error], [undefined, undefined])
      assert.equal(thumbprint(String(one['token'])), thumbprint(String(other['token'])))
      assert.equal((await app.ask('request', orders(stage)))['status'], 200)
    },
  },
  {
    name: 'a token that expired while the phone slept is replaced before the next request',
    async run(stage) {
      const phone = await stage.phone()
      const app = phone.start()
      const { token } = await app.ask('token')
      await app.ask('sleep', { milliseconds: 900_000 })
      assert.equal((await app.ask('request', orders(stage)))['status'], 200)
      assert.notEqual((await app.ask('token'))['token'], token)
      assert.equal(formats(phone.gate.passed).length, 2)
    },
  },
  {
    name: 'without network the error says so, and the app recovers when it is back',
    async run(stage) {
      const phone = await stage.phone()
      phone.gate.way = 'down'
      const app = phone.start({ requestTimeout: 2_000 })
      const failed = await app.ask('token')
      assert.deepEqual([failed.error, failed['retryable']], ['network', true])
      assert.match(String(failed['platform']), /^NSURLErrorDomain:-/)
      phone.gate.way = 'open'
      await app.ask('wake')
      assert.equal((await app.ask('request', orders(stage)))['status'], 200)
    },
  },
  {
    name: 'an answer that is lost costs no second App Attest key',
    async run(stage) {
      const phone = await stage.phone()
      const app = phone.start()
      await app.ask('state')
      const asking = app.ask('token')
      while (formats(phone.gate.passed).length === 0) {
        if (phone.gate.passed.length === 1) phone.gate.way = 'lost'
        await pause(2)
      }
      phone.gate.way = 'open'
      assert.equal((await asking).error, undefined)
      assert.equal(phone.apple.asked.generate, 1)
    },
  },
  ...[-86_400_000, 86_400_000].map((wallError): Situation => ({
    name: `a clock that is a day ${wallError < 0 ? 'behind' : 'ahead'} changes nothing`,
    async run(stage) {
      const app = (await stage.phone()).start({ wallError })
      assert.equal((await app.ask('request', orders(stage)))['status'], 200)
    },
  })),
]
