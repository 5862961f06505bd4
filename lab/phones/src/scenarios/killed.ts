import type { AttestationRequest } from '@assay/protocol'
import type { PhoneEvent, PhoneProgram } from '../program/phone-program.ts'
import { claimsOf, describePhone, keyOf, must, mustSucceed, type Scenario, type Stage } from './scenario.ts'

/** Number of phones that are killed together, each at a different step: as many as fit into one process. */
const together = 8

/** The life of a phone before the process dies. */
interface Life {
  readonly name: string
  /** Whether the installation is known to the service before the exchange in which it is killed. */
  readonly isEnrolled: boolean
}

/**
 * SIGKILL before and after everything in an exchange that outlives the process: each write to the disk, each request, each key. The steps
 * are those that an undisturbed exchange takes, so that none can be forgotten. In the next process the phone must be served, the
 * service must have taken one body for it and no more, and an installation that it knew must not enrol again.
 */
export const killed: readonly Scenario[] = [
  { name: 'killed-at-every-step-of-an-enrolment', isEnrolled: false },
  { name: 'killed-at-every-step-of-a-refresh', isEnrolled: true },
].map((life: Life) => ({ name: life.name, play: (stage) => killAtEveryStep(stage, life) }))

async function killAtEveryStep(stage: Stage, life: Life): Promise<void> {
  const steps = await stepsOf(stage, life)
  must(
    steps.filter((step) => /^before (post|save|remove)/.test(step)).length >= 5,
    `an exchange has the steps ${steps.join()}`,
  )
  for (let first = 0; first < steps.length; first += together) {
    const numbers = steps.slice(first, first + together).map((_, i) => first + i + 1)
    const program = await stage.start()
    const dying: Dying[] = []
    for (const number of numbers) dying.push(await dieAt(stage, program, life, number))
    await program.kill()
    for (const [i, phone] of dying.entries()) await liveOn(stage, phone, steps.slice(0, first + i + 1))
  }
}

const asksOf = (life: Life) => (life.isEnrolled ? { force: true } : {})

/** The steps of an undisturbed exchange. */
async function stepsOf(stage: Stage, life: Life): Promise<readonly string[]> {
  const { program } = stage
  const described = await describePhone(stage.world, { name: `${life.name}-0` })
  mustSucceed(await program.ask({ ...described, tells_steps: true }))
  const reported = () =>
    program.events.filter(({ phone, name }) => phone === described.phone && name === 'step')
  const ask = (more: object) => program.ask({ do: 'token', phone: described.phone, ...more })
  if (life.isEnrolled) mustSucceed(await ask({}))
  const before = reported().length
  mustSucceed(await ask(asksOf(life)))
  const steps = reported().slice(before)
  mustSucceed(await program.ask({ do: 'close', phone: described.phone }))
  return steps.map(({ step }) => step as string)
}

interface Dying {
  readonly described: Awaited<ReturnType<typeof describePhone>>
  /** The position of the exchange's start in the relay's record. */
  readonly sent: readonly string[]
  readonly key: string | undefined
}

/** Leaves a phone waiting at this step of the exchange. */
async function dieAt(stage: Stage, program: PhoneProgram, life: Life, number: number): Promise<Dying> {
  const described = await describePhone(stage.world, { name: `${life.name}-${number}` })
  let key: string | undefined
  if (life.isEnrolled) {
    mustSucceed(await stage.program.ask(described))
    key = keyOf(await stage.program.ask({ do: 'token', phone: described.phone }))
    mustSucceed(await stage.program.ask({ do: 'close', phone: described.phone }))
  }
  const { answered } = stage.world.relay
  const before = answered.length
  mustSucceed(await program.ask({ ...described, tells_steps: true, stop_at: number }))
  const ended = program.ask({ do: 'token', phone: described.phone, ...asksOf(life) })
  await Promise.race([reached(program, described.phone, number), ended.then(notStopped)])
  return { described, key, sent: bodies(answered.slice(before)) }
}

function notStopped(): never {
  throw new Error('the phone did not stop')
}

async function reached(program: PhoneProgram, phone: string, number: number): Promise<void> {
  const isIt = (event: PhoneEvent) =>
    event.phone === phone && event.name === 'step' && event['number'] === number
  while (!program.events.some(isIt)) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Bodies that the service has accepted. */
function bodies(answered: Stage['world']['relay']['answered']): readonly string[] {
  return answered
    .filter(({ path, status }) => path === '/v1/attestations' && status === 200)
    .map(({ body }) => body)
}

/** The app starts again, in another process. */
async function liveOn(
  stage: Stage,
  { described, sent, key }: Dying,
  steps: readonly string[],
): Promise<void> {
  const { program, world } = stage
  const { answered } = world.relay
  const before = answered.length
  mustSucceed(await program.ask(described))
  const reply = await program.ask({ do: 'token', phone: described.phone })
  const claims = claimsOf(reply)
  const since = `killed ${steps.at(-1)}, it`
  must(claims.holder_key === 'hardware', `${since} has a holder_key that is ${claims.holder_key}`)
  const { status } = await program.ask({
    do: 'fetch',
    phone: described.phone,
    url: `${world.api.url}/v1/orders`,
  })
  must(status === 200, `${since} was answered ${String(status)} by the API`)
  const taken = new Set([...sent, ...bodies(answered.slice(before))])
  must(taken.size <= 1, `${since} sent ${taken.size} bodies that the service took`)
  const asked = answered.slice(before).filter(({ path }) => path === '/v1/challenges').length
  // The SDK sends what it has written, and requests nothing again.
  must(!steps.includes('after save pending') || asked === 0, `${since} asked for another challenge`)
  if (key === undefined) {
    must(taken.size === 1, `${since} has a token for nothing that it sent`)
    return
  }
  must(keyOf(reply) === key, `${since} has another key`)
  must([...taken].every(hasNoEvidence), `${since} enrolled again`)
  mustSucceed(await program.ask({ do: 'close', phone: described.phone }))
}

/** A refresh brings none of the key. */
function hasNoEvidence(body: string): boolean {
  return (JSON.parse(body) as AttestationRequest).evidence.length === 0
}
