import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAppleCa, newAppAttestKey, type AppAttestKey, type AppleCa } from '@assay/testkit'

/** Codes of `DCError`. */
export const dcErrors = {
  unknownSystemFailure: 0,
  invalidInput: 2,
  invalidKey: 3,
  serverUnavailable: 4,
} as const
type DcError = (typeof dcErrors)[keyof typeof dcErrors]

type Operation = 'generate' | 'attest' | 'assert'

/** App Attest on one simulated device. */
export interface AppleDevice {
  /** For `ASSAY_TEST_APPLE`. */
  readonly url: string
  /** How often each was requested. */
  readonly asked: Readonly<Record<Operation, number>>
  /** Default: production. */
  environment: 'production' | 'development'
  /** Next answers instead of a good one. */
  readonly faults: Record<Operation, DcError[]>
  /** Whether it vouches for another key than the requested one, as a phone does whose answers are relayed. */
  isForeign: boolean
  /** Added to the counter of each assertion: below zero as where a state of the phone was copied and put back. */
  counterError: number
  /** Whether the roots are forged, with the names of Apple's. */
  hasOwnRoots: boolean
  /** As when the app is installed anew: its keys are gone. */
  forgetKeys(): void
}

export interface AppleServer {
  /** @param appId Team id, a dot, bundle id of the app that runs there */
  device(name: string, appId: string): AppleDevice
  close(): Promise<void>
}

interface State extends AppleDevice {
  readonly appId: string
  readonly keys: Map<string, { key: AppAttestKey; counter: number | undefined }>
}

/** Plays the system and Apple's servers for the stand-in of DeviceCheck. */
export async function startAppleServer(apple: AppleCa): Promise<AppleServer> {
  const devices = new Map<string, State>()
  const stranger = createAppleCa()
  const server = createServer((request, response) => {
    void (async () => {
      const [, name = '', operation = ''] = (request.url ?? '').split('/')
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const input = JSON.parse(Buffer.concat(chunks).toString()) as Readonly<Record<string, string>>
      const device = devices.get(name) as State
      response.setHeader('content-type', 'application/json')
      response.end(
        JSON.stringify(answer(device.hasOwnRoots ? stranger : apple, device, operation as Operation, input)),
      )
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    device(name, appId) {
      const keys: State['keys'] = new Map()
      const state: State = {
        url: `http://127.0.0.1:${port}/${name}`,
        appId,
        asked: { generate: 0, attest: 0, assert: 0 },
        faults: { generate: [], attest: [], assert: [] },
        keys,
        isForeign: false,
        counterError: 0,
        hasOwnRoots: false,
        environment: 'production',
        forgetKeys: () => keys.clear(),
      }
      devices.set(name, state)
      return state
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(
  apple: AppleCa,
  device: State,
  operation: Operation,
  input: Readonly<Record<string, string>>,
): { result: string } | { error: DcError } {
  ;(device.asked as Record<Operation, number>)[operation]++
  const fault = device.faults[operation].shift()
  if (fault !== undefined) return { error: fault }
  const { appId } = device
  if (operation === 'generate') {
    const key = newAppAttestKey()
    const name = key.keyId.toString('base64')
    device.keys.set(name, { key, counter: undefined })
    return { result: name }
  }
  const held = device.keys.get(input['key'] ?? '')
  if (held === undefined) return { error: dcErrors.invalidKey }
  const clientDataHash = Buffer.from(input['hash'] ?? '', 'base64')
  if (operation === 'attest') {
    // A key is attested once.
    if (held.counter !== undefined) return { error: dcErrors.invalidKey }
    held.counter = 0
    const { attestation } = apple.attest(keyOf(device, held.key), {
      appId,
      clientDataHash,
      environment: device.environment,
    })
    return { result: Buffer.from(attestation as string, 'base64url').toString('base64') }
  }
  if (held.counter === undefined) return { error: dcErrors.invalidKey }
  held.counter += 1
  const { assertion } = apple.assert(keyOf(device, held.key), {
    appId,
    clientDataHash,
    counter: held.counter + device.counterError,
  })
  return { result: Buffer.from(assertion as string, 'base64url').toString('base64') }
}

function keyOf({ isForeign }: State, own: AppAttestKey): AppAttestKey {
  return isForeign ? newAppAttestKey() : own
}
