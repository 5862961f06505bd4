import { admit, appraise, softwareOnlyPolicy } from '@assay/appraisal'
import type { Verified } from '@assay/evidence'
import { software, type SoftwareClaims } from '@assay/evidence/software'
import { checkResponse, exercises, expectedTags, type CarryOutInput } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { decodeBase64urlOfLength, type Build } from '@assay/protocol'
import { AttestationDenied } from '../attestations/outcome.ts'
import type { AppraiseEvidence, EvidenceInput } from '../attestations/ports.ts'
import type { Clock } from '../ports.ts'

/** Bytes. */
const challengeLength = 48

/**
 * Software measurement, appraised under the one policy of apps that have none of their own. Platform evidence gets its
 * place here: a format that this service does not know is a denial, not something to look past.
 */
export function createAppraisal(clock: Clock): AppraiseEvidence {
  return async (evidence, apis) => {
    if (evidence.items.length > 0) throw new AttestationDenied('EVIDENCE_FORMAT_UNKNOWN')
    const claims = [await verifySoftware(evidence)]
    const result = appraise({ claims, policy: softwareOnlyPolicy, now: clock() / 1000 })
    return apis.map((api) => ({ api, ...admit(result, api) }))
  }
}

function verifySoftware({ app, read, planned, digest }: EvidenceInput): Promise<Verified<SoftwareClaims>> {
  const { measurement, probes, challenge: text } = read.clientData
  const challenge = decodeBase64urlOfLength(text, challengeLength)
  if (challenge === undefined) throw new Error('the challenge was not checked')
  const { plan, planBytes, registered, sdk } = planned
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
