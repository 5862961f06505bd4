import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { findChromium, inChromium } from '@assay/browser'
import { memoryImage, type AssayClientError } from '@assay/client'
import { createNodeClient } from '@assay/client/node'
import { signIn } from '@assay/browser/console'
import { freePort, startFreshService, type FreshService } from '@assay/testkit'
import type { Day } from './day.ts'
import type { OperatorStage } from './stage.ts'

const app = 'com.example.till'
const audience = 'https://orders.example.com'
const script = Buffer.from("console.log('till')\n")
/** Networks from which an unregistered build is named: docs/guides/watch-the-fleet.md. */
const enoughNetworks = 20

/** What goes wrong on a release day, and how the operator learns of it and mends it. */
export async function incidentRows(stage: OperatorStage, day: Day): Promise<void> {
  const port = await freePort()
  const behindProxy = ['--trusted-proxy', '127.0.0.1', '--console-listen', `127.0.0.1:${port}`]
  // So few, and back so slowly, that the figures are the same on every machine.
  const tight = await startFreshService(stage.cli, [...behindProxy, '--limit', 'challenges=3/3600'])
  let running = tight
  try {
    await registered(worldOf(stage, tight, port))
    await beyondTheLimit(worldOf(stage, tight, port), day)
    running = await tight.restart([...behindProxy, '--limit', 'challenges=6000/60'])
    const world = worldOf(stage, running, port)
    day.row('NAT, its limit raised', '5 of 5 got a token', await fromOneNat(world))
    await retiredByMistake(world, day)
    await unregistered(world, day)
  } finally {
    await running.stop()
  }
}

type World = ReturnType<typeof worldOf>

function worldOf({ cli, folder }: OperatorStage, service: FreshService, consolePort: number) {
  const assay = async (line: string) => (await cli.succeed(line.split(' '), service.env)).stdout
  const json = async <T>(line: string): Promise<T> => JSON.parse(await assay(`${line} --json`)) as T
  const site = path.join(folder, 'till')
  return { assay, json, service, site, consoleUrl: `http://127.0.0.1:${consolePort}` }
}

async function registered({ assay, site }: World): Promise<void> {
  await mkdir(site, { recursive: true })
  await writeFile(path.join(site, 'app.js'), script)
  await assay(`app add ${app} --platform web`)
  await assay(`api add ${audience} --app ${app} --tier warning`)
  await assay(`build add ${site} --app ${app} --id 1.0.0`)
}

/** The answer to an app on a new device. @param network of the device, which the proxy names */
async function askedBy({ service }: World, build: string, network?: string): Promise<string> {
  const client = createNodeClient({
    endpoints: [service.url],
    ...{ app, build },
    audiences: { [audience]: audience },
    image: memoryImage([{ name: 'app.js', kind: 'script', bytes: script }]),
    fetch: (input, init) => {
      const headers = new Headers(init?.headers)
      if (network !== undefined) headers.set('x-forwarded-for', network)
      return fetch(input, { ...init, headers })
    },
  })
  try {
    await client.getToken(audience)
    return 'a token'
  } catch (error) {
    const { problem, code } = error as AssayClientError
    return `refused: ${problem ?? code}`
  } finally {
    client.close()
  }
}

async function fromOneNat(world: World): Promise<string> {
  const answers: string[] = []
  for (let i = 0; i < 5; i++) answers.push(await askedBy(world, '1.0.0', `192.0.2.${i}`))
  const refused = new Set(answers.filter((answer) => answer !== 'a token'))
  return [`${answers.filter((answer) => answer === 'a token').length} of 5 got a token`, ...refused].join(
    ', ',
  )
}

interface Report {
  findings: { code: string; about: Readonly<Record<string, string>>; action: string }[]
}

async function beyondTheLimit(world: World, day: Day): Promise<void> {
  const { json } = world
  day.row('NAT of five devices', '3 of 5 got a token, refused: rate_limited', await fromOneNat(world))
  const { findings } = await json<Report>('doctor')
  const seen = findings.find(({ code }) => code === 'DOCTOR_REQUESTS_UNSERVED')?.about['code'] ?? 'nothing'
  day.row('NAT, seen by assay doctor', 'LIMIT_CHALLENGES', seen)
  const { explanations } = await json<{ explanations: { action: string }[] }>(`explain ${seen}`)
  const option = /--limit \w+=/.exec(explanations[0]?.action ?? '')?.[0] ?? 'none'
  day.row('NAT, the option that helps', '--limit challenges=', option)
}

async function retiredByMistake(world: World, day: Day): Promise<void> {
  const { assay } = world
  const ask = () => askedBy(world, '1.0.0')
  await assay(`build retire 1.0.0 --app ${app} --yes`)
  day.row('build retired by mistake', 'refused: build_retired', await ask())
  await assay(`build restore 1.0.0 --app ${app}`)
  day.row('build taken back', 'a token', await ask())
}

async function unregistered(world: World, day: Day): Promise<void> {
  const { assay, json, site } = world
  const ask = (i: number) => askedBy(world, '1.1.0', `198.51.${i}.7`)
  const named = async () => {
    const { findings } = await json<Report>('doctor')
    const found = findings.filter(({ code }) => code === 'DOCTOR_BUILD_NOT_REGISTERED')
    return found.map(({ about }) => `${about['build']} of ${about['app']}`).join() || 'nothing'
  }
  day.row('release that nobody registered', 'refused: build_not_registered', await ask(1))
  for (let i = 2; i < enoughNetworks; i++) await ask(i)
  day.row('assay doctor, 19 networks', 'nothing', await named())
  await ask(enoughNetworks)
  day.row('assay doctor, 20 networks', `1.1.0 of ${app}`, await named())
  const shown = await shownByConsole(world)
  if (shown !== undefined) day.row('console, 20 networks', `Build 1.1.0 of ${app} is not registered`, shown)
  await assay(`build add ${site} --app ${app} --id 1.1.0`)
  day.row('assay doctor, once it is registered', 'nothing', await named())
  day.row('release once it is registered', 'a token', await ask(1))
}

/** What needs attention about builds. Undefined: there is no Chromium. */
async function shownByConsole({ service, consoleUrl }: World): Promise<string | undefined> {
  if (findChromium() === undefined) {
    if (process.env['ASSAY_REQUIRE_ALL'] === '1') throw new Error('there is no Chromium')
    process.stderr.write('  not run: the console, there is no Chromium\n')
    return undefined
  }
  return inChromium(async (browser) => {
    const page = await browser.newPage()
    await signIn(page, { consoleUrl, adminKey: service.env['ASSAY_API_KEY'] ?? '' })
    const row = page.getByRole('region', { name: 'Needs attention' }).getByText('is not registered')
    return (await row.first().innerText()).split(',')[0]
  })
}
