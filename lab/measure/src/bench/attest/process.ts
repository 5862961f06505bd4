import { paths } from '@assay/protocol'
import { startFreshService } from '@assay/testkit'
import { cli } from '../registration/cli.ts'
import type { Effort } from '../row/effort.ts'
import { oneRound, type Rounds } from '../row/interleaved.ts'
import type { BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { createConnections, type Post } from './connections.ts'
import { newInstallations, preparedInstallations, type AttestTogether } from './installations.ts'
import { startProcess } from './processes.ts'
import { registerRelease, registerReleases, type Release } from './release.ts'

/** Devices that come at once, each over its own connection, as for `attest.software`. */
const burst = 32
const allRounds = { warmUp: 100, counted: 60 }
/** Devices that come one after the other: to a process that has just started, and at the end. */
const allAlone = { first: 64, last: 200 }
/** Rounds of a process that has just started. */
const started = 10
/** Builds in use, whose code differs. */
const allReleases = 4

const endless = ['network=1000000000/60', 'challenges=1000000000/60', 'app=1000000000/60']

/**
 * `attest.process`: CPU time of all of `assay serve`, by `/proc`, for one attestation by software, challenge included, where no
 * two devices are alike: each has a key of its own, a network of its own behind a proxy, one of several builds, and an
 * answer to a probe that no other gives, so that the policy is evaluated for each. The process counts for Prometheus and
 * logs as by default. In the same rounds `attest.software` gets as many devices that are all alike.
 */
export async function attestProcessRow(effort: Effort): Promise<BenchRow> {
  const rounds = effort(allRounds, oneRound)
  const releases = effort(allReleases, 2)
  const alone = effort(allAlone, { first: 1, last: 1 })
  const whole = await startFreshService(cli, [
    ...['--log-level', 'info', '--metrics-listen', '127.0.0.1:0'],
    ...['--trusted-proxy', '127.0.0.1', '--limit', ...endless],
  ])
  const library = await startProcess('service-server')
  const { post, close } = createConnections(burst, createSenders())
  try {
    const { url, key } = library.ready as { url: string; key: string }
    const alike = newInstallations(await registerRelease(url, key), post)
    const registered = await registerReleases(whole.url, whole.env['ASSAY_API_KEY'] as string, releases)
    const unlike = unlikeInstallations(registered, post)
    const oneByOne = unlikeInstallations(registered.slice(0, 1), post)
    const oneAtATime = (count: number) => cpuPerDevice(whole, () => repeated(count, oneByOne), count)
    const first = await oneAtATime(alone.first)
    const times: { value: number; software: number }[] = []
    for (let round = 0; round < rounds.warmUp + rounds.counted; round++) {
      const value = await cpuPerDevice(whole, () => unlike(burst), burst)
      const software = await cpuPerDevice(library, () => alike(burst), burst)
      times.push({ value, software })
    }
    return row(rounds, registered.length, times, { first, last: await oneAtATime(alone.last) })
  } finally {
    close()
    await Promise.all([whole.stop(), library.stop()])
  }
}

/** Addresses of devices, each in a /24 of its own. */
function createSenders(): () => string {
  let sent = 0
  return () => {
    sent += 1
    return `11.${(sent >> 8) & 255}.${sent & 255}.7`
  }
}

/** New installations of several builds, which answer a probe as no other does: with a warning, which the API admits. */
function unlikeInstallations(registered: readonly Release[], post: Post): AttestTogether {
  let made = 0
  const parts = registered.map((release) =>
    preparedInstallations(release, post, () => {
      made += 1
      const { probes } = release.clientData
      if (!('js.replaced' in probes)) throw new Error('the release does not ask for the probe')
      return { probes: { ...probes, 'js.replaced': `Array.prototype.own${made}` } }
    }),
  )
  return async (count) => {
    const bodies = await Promise.all(parts.map((prepare) => prepare(count / parts.length)))
    const [{ url }] = registered as readonly [Release]
    await Promise.all(bodies.flat().map((body) => post(url + paths.attestations, body)))
  }
}

async function repeated(times: number, attest: AttestTogether): Promise<void> {
  for (let i = 0; i < times; i++) await attest(1)
}

async function cpuPerDevice(
  server: { cpu(): number },
  work: () => Promise<void>,
  devices: number,
): Promise<number> {
  const before = server.cpu()
  await work()
  return (server.cpu() - before) / devices
}

function row(
  rounds: Rounds,
  releases: number,
  times: readonly { value: number; software: number }[],
  oneAtATime: Record<keyof typeof allAlone, number>,
): BenchRow {
  const counted = times.slice(rounds.warmUp)
  const valueOf = (some: typeof times) => rounded(median(some.map(({ value }) => value)))
  return {
    id: 'attest.process',
    value: valueOf(counted),
    unit: 'us',
    bare: rounded(median(counted.map(({ software }) => software))),
    ratio: rounded(median(counted.map(({ value, software }) => value / software))),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: {
      rounds: rounds.counted,
      devicesAtOnce: burst,
      builds: releases,
      answers: 'no two alike: the policy is evaluated for each',
      // Microseconds. The mean has what comes up now and then, such as collections of the heap.
      mean: rounded(counted.reduce((sum, { value }) => sum + value, 0) / counted.length),
      // No two requests share a step.
      oneAtATime: rounded(oneAtATime.last),
      // The engine still compiles: one at a time, and then in bursts.
      firstOneAtATime: rounded(oneAtATime.first),
      firstTogether: valueOf(times.slice(0, started)),
    },
  }
}
