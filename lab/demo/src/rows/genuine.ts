import { readZip } from '@assay/testkit'
import { secretHeader } from '@assay/testkit/victims'
import { outcomeOf, type Outcome, type Story } from '../row/row.ts'
import { callsPerDay, type Stage } from '../stage/stage.ts'

/** The main job: the genuine app is served, a script is not. */
export async function genuineRows(stage: Stage, story: Story): Promise<void> {
  const { orders, unprotected } = stage.apis
  story.heading('A genuine device')
  const device = await stage.device()
  const get = await device.client.fetch(`${orders.url}/v1/orders`)
  story.row('genuine device reads', 'assay-software', 'served', await outcomeOf(get))
  const post = await device.client.fetch(`${orders.url}/v1/orders`, { method: 'POST' })
  story.row('genuine device writes', 'assay-software', 'served', await outcomeOf(post))
  const astray = await stage.device({ clockSkew: 86_400_000 })
  const skewed = await astray.client.fetch(`${orders.url}/v1/orders`)
  story.row('genuine device whose clock is a day ahead', 'assay-software', 'served', await outcomeOf(skewed))
  astray.close()
  device.close()

  story.heading('A plain script')
  story.row(
    'script, no protection',
    'unprotected',
    'served',
    await outcomeOf(await fetch(`${unprotected.url}/v1/orders`)),
  )
  story.row('script', 'assay-software', 'refused', await outcomeOf(await fetch(`${orders.url}/v1/orders`)))
}

/** The secret in the app: anyone who reads the file finds it, and the guard ignores it. */
export async function embeddedSecretRows(stage: Stage, story: Story): Promise<void> {
  const { embeddedSecret, orders } = stage.apis
  story.heading('A secret built into the app')
  const found = await findSecret(stage.apks.release)
  story.say(`found in the APK: ${found.slice(0, 6)}… (${found.length} characters)`)
  const call = (url: string, secret: string) =>
    fetch(`${url}/v1/orders`, { headers: { [secretHeader]: secret } })
  story.row(
    'script with a wrong secret',
    'embedded-secret',
    'refused',
    await outcomeOf(await call(embeddedSecret.url, 'guess')),
  )
  story.row(
    'script with the secret from the APK',
    'embedded-secret',
    'served',
    await outcomeOf(await call(embeddedSecret.url, found)),
  )
  story.row(
    'script with the secret from the APK',
    'assay-software',
    'refused',
    await outcomeOf(await call(orders.url, found)),
  )
}

/** The same API behind a proxy: the key is there, the app has none, and what each phone uses is counted. */
export async function proxiedRows(stage: Stage, story: Story): Promise<void> {
  const url = `${stage.apis.proxied.url}/v1/orders`
  story.heading('The same API behind a proxy that holds the secret')
  const found = await findSecret(stage.apks.release)
  story.row(
    'script with the secret from the APK',
    'assay-software',
    'refused',
    await outcomeOf(await fetch(url, { headers: { [secretHeader]: found } })),
  )
  const device = await stage.device()
  const answered: Outcome[] = []
  // In turn: four answers of a phone may be open at once.
  for (let call = 0; call <= callsPerDay; call++)
    answered.push(await outcomeOf(await device.client.fetch(url)))
  device.close()
  const [first, hundredth, beyond] = [0, callsPerDay - 1, callsPerDay].map((at) => answered[at] as Outcome)
  story.row('genuine device, with no secret', 'assay-software', 'served', first as Outcome)
  story.row(`its call number ${callsPerDay} of a day`, 'assay-software', 'served', hundredth as Outcome)
  story.row(`its call number ${callsPerDay + 1}`, 'assay-software', 'refused', beyond as Outcome)
}

/** Looks in the file for text that looks like a SendGrid API key, as anyone can. */
async function findSecret(apk: Buffer): Promise<string> {
  for (const { content } of await readZip(apk)) {
    const found = /SG\.[\w-]{22}\.[\w-]{43}/.exec(content.toString('latin1'))
    if (found !== null) return found[0]
  }
  throw new Error('no secret is in the file')
}
