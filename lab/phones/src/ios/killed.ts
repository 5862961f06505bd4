import { strict as assert } from 'node:assert'
import type { AttestationRequest } from '@assay/protocol'
import { thumbprint, type Situation } from './situation.ts'
import type { IosStage, SimulatedPhone } from './stage.ts'

interface Life {
  readonly name: string
  /** Whether the installation is known to the service before the exchange in which it is killed. */
  readonly isEnrolled: boolean
}

/**
 * SIGKILL before and after everything in an exchange that outlives the process: each write to the keychain, each
 * request, each call to Apple. The steps are those that an undisturbed exchange takes, so that none can be forgotten.
 * The app that starts again must be served, the service must have taken one body for it and no more, and an
 * installation that it knew must not enrol again.
 */
export const killedSituations: readonly Situation[] = [
  { name: 'killed at every step of an enrolment, it is one installation that is served', isEnrolled: false },
  {
    name: 'killed at every step of a refresh, it neither enrols again nor asserts in vain',
    isEnrolled: true,
  },
].map((life) => ({ name: life.name, run: (stage) => killAtEveryStep(stage, life) }))

async function killAtEveryStep(stage: IosStage, life: Life): Promise<void> {
  const steps = await stepsOf(stage, life)
  const outward = steps.filter((step) => /^before (post|save|remove)/.test(step))
  assert.ok(outward.length >= 5, `an exchange has the steps ${steps.join()}`)
  for (const [index, step] of steps.entries()) await dieAndLiveOn(stage, life, index + 1, step)
}

const asksOf = (life: Life) => (life.isEnrolled ? { force: true } : {})

/** A phone, with an app that is already enrolled if the life requires it. */
async function phoneOf(stage: IosStage, life: Life): Promise<SimulatedPhone> {
  const phone = await stage.phone()
  if (!life.isEnrolled) return phone
  const app = phone.start()
  assert.equal((await app.ask('token')).error, undefined)
  await app.kill()
  return phone
}

/** The steps of an undisturbed exchange. */
async function stepsOf(stage: IosStage, life: Life): Promise<readonly string[]> {
  const app = (await phoneOf(stage, life)).start({ tellsSteps: true })
  assert.equal((await app.ask('token', asksOf(life))).error, undefined)
  await app.kill()
  return app.steps
}

async function dieAndLiveOn(stage: IosStage, life: Life, number: number, step: string): Promise<void> {
  const phone = await phoneOf(stage, life)
  const key = life.isEnrolled ? await keyOf(phone) : undefined
  const before = phone.gate.passed.length
  const app = phone.start({ tellsSteps: true, dieAt: number })
  app.ask('token', asksOf(life)).catch(() => undefined)
  await app.ended
  assert.equal(app.steps.at(-1), step, `killed ${step}, it had come to another step`)
  const killed = phone.gate.passed.length
  const again = phone.start()
  const { url } = stage.api
  assert.equal((await again.ask('request', { url: `${url}/v1/orders` }))['status'], 200, `killed ${step}`)
  await again.kill()
  const taken = phone.gate.passed
    .slice(before)
    .filter(({ path, status }) => path === '/v1/attestations' && status === 200)
  assert.ok(new Set(taken.map(({ body }) => body)).size <= 1, `killed ${step}, it sent two bodies`)
  if (app.steps.includes('after save pending'))
    assert.ok(
      phone.gate.passed.slice(killed).every(({ path }) => path !== '/v1/challenges'),
      `killed ${step}, it asked for another challenge`,
    )
  if (key === undefined) return
  assert.equal(await keyOf(phone), key, `killed ${step}, it has another key`)
  for (const { body } of taken) {
    const formats = (JSON.parse(body) as AttestationRequest).evidence.map(({ format }) => format)
    assert.deepEqual(formats, ['apple-app-attest-assertion'], `killed ${step}, it enrolled again`)
  }
}

/** The key that the phone's token names, which costs no exchange. */
async function keyOf(phone: SimulatedPhone): Promise<string> {
  const app = phone.start()
  const { token } = await app.ask('token')
  await app.kill()
  return thumbprint(String(token))
}
