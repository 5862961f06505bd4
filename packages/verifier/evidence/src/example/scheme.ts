import { expectedAndroidApp } from '../port/scheme.ts'
import type { EvidenceScheme, SchemeDescription } from '../port/scheme.ts'
import { verifyContext, type RevocationSource, type TrustAnchor } from '../port/verify-context.ts'
import type { ExampleClaims } from './claims.ts'
import { exampleClaims } from './claims.ts'
import { commitment, descriptor } from './descriptor.ts'
import { grading } from './grading.ts'
import { itemSchema, parse, type ParsedExample } from './parse.ts'
import { settings, type ExampleSettings } from './settings.ts'
import { verify } from './verify.ts'

export const exampleDescription: SchemeDescription<ExampleSettings> = {
  descriptor,
  item: itemSchema,
  settings,
  claims: exampleClaims,
  grading,
  isRemote: false,
  vouchingKeys: [],
}

/** Whom to trust. */
export interface ExampleWorld {
  readonly anchors: readonly TrustAnchor[]
  readonly revocation: RevocationSource
}

/** The template of a scheme: it works, but no vendor issues such evidence. No production service may accept it. */
export function exampleScheme({
  anchors,
  revocation,
}: ExampleWorld): EvidenceScheme<ParsedExample, ExampleSettings, ExampleClaims> {
  return {
    ...exampleDescription,
    commitment,
    parse,
    async verify(parsed, { app, commitment: expected, now }) {
      const apps = [expectedAndroidApp(app)]
      const context = verifyContext({ commitment: expected, now, anchors, revocation, apps })
      return { verified: await verify(parsed, context) }
    },
    versionCode: () => undefined,
    isKeyInHardware: () => false,
  }
}
