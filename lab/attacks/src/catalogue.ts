import type { Attack } from './attack/attack.ts'
import { answers } from './attacks/answers.ts'
import { budgets } from './attacks/budgets.ts'
import { builds } from './attacks/builds.ts'
import { challenges } from './attacks/challenges.ts'
import { database } from './attacks/database.ts'
import { deceivedSdk } from './attacks/deceived-sdk.ts'
import { development } from './attacks/development.ts'
import { encodings } from './attacks/encodings.ts'
import { firstDays } from './attacks/first-days.ts'
import { floods } from './attacks/floods.ts'
import { foreignStacks } from './attacks/foreign-stacks.ts'
import { forgedTokens } from './attacks/forged-tokens.ts'
import { insiders } from './attacks/insiders.ts'
import { mappedTools } from './attacks/mapped-tools.ts'
import { nativeApps } from './attacks/native-apps.ts'
import { attestation } from './attacks/phones/attestation.ts'
import { broker } from './attacks/phones/broker.ts'
import { combination } from './attacks/phones/combination.ts'
import { banned } from './attacks/phones/banned.ts'
import { gatewayAttacks } from './attacks/gateways.ts'
import { heldSecrets } from './attacks/held-secrets.ts'
import { meters } from './attacks/meters.ts'
import { talkedInto } from './attacks/phones/support.ts'
import { leftOut } from './attacks/phones/left-out.ts'
import { pages } from './attacks/pages.ts'
import { pipelines } from './attacks/pipeline.ts'
import { playBudget } from './attacks/phones/play-budget.ts'
import { refresh } from './attacks/phones/refresh.ts'
import { proofs } from './attacks/proofs.ts'
import { proxies } from './attacks/proxies.ts'
import { reactNative } from './attacks/react-native.ts'
import { registrations } from './attacks/registration.ts'
import { requests } from './attacks/requests.ts'
import { tamperedApps } from './attacks/tampered-apps.ts'
import { tokens } from './attacks/tokens.ts'
import { webBuilds } from './attacks/web-builds.ts'
import { withoutTheApp } from './attacks/without-the-app.ts'

/** Every attack, family by family, in the order of the report. */
export const catalogue: readonly Attack[] = [
  ...withoutTheApp,
  ...tamperedApps,
  ...firstDays,
  ...deceivedSdk,
  ...nativeApps,
  ...mappedTools,
  ...reactNative,
  ...builds,
  ...registrations,
  ...pipelines,
  ...webBuilds,
  ...challenges,
  ...answers,
  ...encodings,
  ...tokens,
  ...development,
  ...forgedTokens,
  ...foreignStacks,
  ...proofs,
  ...requests,
  ...proxies,
  ...gatewayAttacks,
  ...heldSecrets,
  ...meters,
  ...budgets,
  ...database,
  ...floods,
  ...insiders,
  ...pages,
  ...attestation,
  ...combination,
  ...banned,
  ...talkedInto,
  ...leftOut,
  ...playBudget,
  ...refresh,
  ...broker,
]
