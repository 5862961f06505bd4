import type { Verified } from '@assay/evidence'
import { software, type SoftwareClaims } from '@assay/evidence/software'
import { checkResponse, expectedTags, type CarryOutInput } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import type { Build } from '@assay/protocol'
import type { EvidenceInput } from '../../attestation/ports.ts'

/** The software measurement of an exchange, held against the registered build. */
export function verifySoftware({
  app,
  read,
  challenge,
  planned,
  digest,
}: EvidenceInput): Promise<Verified<SoftwareClaims>> {
  const { measurement, probes } = read.clientData
  const { plan, planBytes, registered, sdk, exercises } = planned
  const { build, image } = registered
  const input: CarryOutInput = {
    plan,
    planBytes,
    challenge,
    digest,
    image,
    crypto: nodeCrypto,
    probes,
    live: { shown: sdk.shown, exercises },
  }
  return software.verify(software.parse(measurement), {
    build: {
      app: app.id,
      build: build.id,
      platform: app.platform,
      versionCode: build.version_code,
      coverage: build.coverage,
      debuggable: build.debuggable,
      showsSource: showsSource(build),
    },
    expected: {
      probes: plan.probes,
      compare: (response) => checkResponse(input, response),
      tags: (live) => expectedTags(digest, challenge, nodeCrypto, live === 'shown' ? sdk.shown : 'absent'),
    },
    probes,
  })
}

/** Hermes keeps bytecode only; the other engines show the source of functions. */
function showsSource({ framework }: Build): boolean {
  return framework !== 'react-native-hermes'
}
