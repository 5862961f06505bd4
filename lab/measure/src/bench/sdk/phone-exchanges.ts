import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import {
  checkResponse,
  digestImage,
  drawUpPlan,
  exercises,
  parsePlan,
  type CodeImage,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import type { ProgramCommand } from '@assay/phones'
import {
  challengePurposes,
  decodeBase64url,
  encodeBase64url,
  encodeChallenge,
  encodeChallengeHead,
  type ClientData,
} from '@assay/protocol'
import type { Effort } from '../row/effort.ts'
import type { BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import type { RowId } from '../row/table.ts'

/** The app whose exchanges are measured; the programs of both SDKs name it. */
const app = 'com.example.bench'
const build = '1'
const allRounds = { warmUp: 15, counted: 40 }

/** Whose code is measured, and what its SDK declares. */
export interface MeasuredApp {
  readonly image: CodeImage
  readonly probes: readonly string[]
}

/** Microseconds for one exchange, and for reading the same once. */
interface Times {
  readonly attest: number
  readonly bare: number
  readonly ratio: number
}

/** By CPU time, so that what other processes do in the meantime is not counted, and beside it by the clock. */
export interface PhoneTimes {
  /** Means, because a JVM reports its CPU time in steps of 10 ms. */
  readonly cpu: Times
  /** Medians; the ratio is that of the ratios of each round. */
  readonly elapsed: Times
}

interface CostSample {
  readonly cpu_us: number
  readonly elapsed_us: number
}

interface Round {
  readonly attest: CostSample
  readonly bare: CostSample
  readonly client_data: string
}

/**
 * Has a program make exchanges, each under a plan of another epoch, as the service draws it up, so that nothing that a client
 * kept answers; and does with each measurement what the service does.
 *
 * @throws Error when a measurement is not the expected one
 */
export async function measurePhone(
  program: ProgramCommand,
  measured: MeasuredApp,
  effort: Effort,
): Promise<PhoneTimes> {
  const rounds = effort(allRounds, { warmUp: 0, counted: 2 })
  const child = spawn(program.command, program.args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const counted: Round[] = []
  try {
    for (let epoch = 1; epoch <= rounds.warmUp + rounds.counted; epoch++) {
      const exchange = exchangesOf(measured, epoch)
      child.stdin.write(`${JSON.stringify(exchange.challenges[0])}\n`)
      const line = await lines.next()
      if (line.done === true) throw new Error('the program has ended')
      const round = JSON.parse(line.value) as Round
      await exchange.check([round.client_data])
      if (epoch > rounds.warmUp) counted.push(round)
    }
  } finally {
    child.stdin.end()
    child.kill()
    await ended
  }
  const mean = (way: 'attest' | 'bare') =>
    counted.reduce((sum, round) => sum + round[way].cpu_us, 0) / counted.length
  const middle = (of: (round: Round) => number) => median(counted.map(of))
  return {
    cpu: { attest: mean('attest'), bare: mean('bare'), ratio: mean('attest') / mean('bare') },
    elapsed: {
      attest: middle(({ attest }) => attest.elapsed_us),
      bare: middle(({ bare }) => bare.elapsed_us),
      ratio: middle(({ attest, bare }) => attest.elapsed_us / bare.elapsed_us),
    },
  }
}

/** The row of an exchange with a phone's SDK. */
export function exchangeRow(
  id: RowId,
  { cpu, elapsed }: PhoneTimes,
  facts: Required<BenchRow>['facts'],
): BenchRow {
  return {
    id,
    value: rounded(cpu.attest / 1000),
    unit: 'ms',
    bare: rounded(cpu.bare / 1000),
    ratio: rounded(cpu.ratio),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: {
      elapsedMs: rounded(elapsed.attest / 1000),
      elapsedRatio: rounded(elapsed.ratio),
      ...facts,
    },
  }
}

/**
 * Answers to challenge requests under the plan of one epoch, with a check of what was sent for them, in their order.
 *
 * @param count of challenges
 */
export function exchangesOf({ image, probes }: MeasuredApp, epoch: number, count = 1) {
  const seed = randomBytes(32)
  const planBytes = drawUpPlan({
    ...{ app, build, epoch, seed, coverage: 'image', segments: image.segments },
    ...{ probes: [...probes], live: { show: [], run: ['refusal.1'] } },
  })
  const challenges = Array.from({ length: count }, () => challengeOf(epoch))
  return {
    seed: encodeBase64url(seed),
    challenges: challenges.map((challenge) => ({
      attestation_challenge: challenge,
      plan: encodeBase64url(planBytes),
      expires_in: 120,
      evidence: 'enrolment',
    })),
    async check(sent: readonly string[]) {
      const digest = await digestImage(image, 'image', seed, nodeCrypto)
      if (sent.length !== count) throw new Error('not every challenge was answered')
      for (const [index, clientData] of sent.entries()) {
        const { measurement, probes: answers } = JSON.parse(
          Buffer.from(clientData, 'base64url').toString(),
        ) as ClientData
        const challenge = bytesOf(challenges[index] as string)
        const input = {
          ...{ plan: parsePlan(planBytes), planBytes, challenge, image, probes: answers },
          ...{ digest, crypto: nodeCrypto, live: { shown: {}, exercises } },
        }
        const checked = await checkResponse(input, bytesOf(measurement.response))
        if (!checked.matches) throw new Error('the measurement is not the expected one')
      }
    },
  }
}

function challengeOf(epoch: number): string {
  const head = encodeChallengeHead({
    keyNumber: 1,
    purpose: challengePurposes.attestation,
    flags: 0,
    issuedAt: Math.floor(Date.now() / 1000),
    epoch,
    random: randomBytes(16),
  })
  return encodeChallenge(head, randomBytes(20))
}

function bytesOf(text: string): Uint8Array {
  const bytes = decodeBase64url(text)
  if (bytes === undefined) throw new Error('not base64url')
  return bytes
}
