import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { createAssayClient, AssayClient, EvidenceSource } from '@assay/client'
import { memoryImage } from '@assay/client'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { thumbprintInput, utf8, type PublicJwk } from '@assay/protocol'
import { createAppleCa, type AppAttestKey, type SoftwareKey } from '@assay/testkit'
import { fixedRandom } from '@assay/testkit/fixed'
import type { RunningService } from '../../src/index.ts'
import type { InstallationName, OpenedVersion } from './open-version.ts'

/** The SDK that the installed app holds: that of its version, or the present one after an update of the app. */
export interface Sdk {
  readonly createAssayClient: typeof createAssayClient
}

/** The app on a device that enrolled before the upgrade: its key is where it was. */
export async function keptDevice(
  sdk: Sdk,
  opened: OpenedVersion,
  service: RunningService,
  name: InstallationName,
): Promise<AssayClient> {
  const { kept, clock } = opened
  const { app, build, audience, key } = kept.installations[name]
  const installed = (['android', 'ios', 'web'] as const).find((platform) => kept.apps[platform] === app)
  if (installed === undefined) throw new Error(`the version has no app ${app}`)
  return sdk.createAssayClient({
    endpoints: [kept.issuer],
    app,
    build,
    audiences: { [audience]: audience },
    image: memoryImage(await opened.segments(installed)),
    crypto: nodeCrypto,
    keyStore: {
      open: () => Promise.resolve(keptKey(key)),
      renew: () => Promise.reject(new Error('this device keeps its key')),
      enrolled: () => Promise.resolve(true),
    },
    evidence: [name === 'iphone' ? assertions(opened) : refreshOnly],
    fetch: opened.routed(service),
    clock: { monotonic: () => performance.now(), wall: clock },
    random: fixedRandom(`device of ${name}`),
    timers: {
      set: (callback, milliseconds) => setTimeout(callback, milliseconds).unref(),
      clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
    },
  })
}

/** An installation key as it was kept, PEM, read back. */
export function keptKey(pem: string): SoftwareKey {
  const privateKey = createPrivateKey(pem)
  const { x, y } = createPublicKey(privateKey).export({ format: 'jwk' })
  const publicJwk: PublicJwk = { kty: 'EC', crv: 'P-256', x: x as string, y: y as string }
  return {
    publicJwk,
    privateKey,
    isEnrolled: true,
    thumbprint: createHash('sha256').update(thumbprintInput(publicJwk)).digest('base64url'),
    sign: (data) => sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  }
}

/** A phone that enrolled is not to enrol again: it would spend what is counted for a day, and Play's calls. */
const refreshOnly: EvidenceSource = {
  prepare(purpose) {
    if (purpose === 'enrolment') throw new Error('the service has forgotten this installation')
    return undefined
  },
}

/** Assertions of the App Attest key that was attested before the upgrade, counted on from there. */
function assertions({ kept: { appId, iphone } }: OpenedVersion): EvidenceSource {
  const privateKey = createPrivateKey(iphone.key)
  const publicKey = createPublicKey(privateKey)
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const keyId = createHash('sha256').update(spki.subarray(-65)).digest()
  const key: AppAttestKey = { privateKey, publicKey, spki, keyId }
  const apple = createAppleCa()
  let { counter } = iphone
  return {
    prepare: (purpose) => {
      void refreshOnly.prepare(purpose)
      return {
        format: 'apple-app-attest-assertion',
        collect: (binding) => {
          const clientDataHash = createHash('sha256').update(utf8(binding)).digest()
          return apple.assert(key, { appId, counter: (counter += 1), clientDataHash })
        },
      }
    },
  }
}
