import type { androidKeyClaims, AndroidKeyClaims } from '@assay/evidence/android-key-attestation'
import type {
  appAttestAssertionClaims,
  AppAttestAssertionClaims,
  appAttestClaims,
  AppAttestClaims,
} from '@assay/evidence/apple-app-attest'
import type { DeviceRecall, playIntegrityClaims, PlayIntegrityClaims } from '@assay/evidence/play-integrity'
import type { SoftwareClaims } from '@assay/evidence/software'
import { expect, expectTypeOf, test } from 'vitest'
import type { AppraisalFacts } from '../../src/index.ts'
import type { ClaimType, measurement, Optional, RecordType } from '@assay/evidence'
import { installationClaims, vocabularyOf } from '../../src/vocabulary/vocabulary.ts'
import { schemes, vocabulary } from '../schemes.ts'

/** What evidence may leave open is optional in the vocabulary, and nothing else. */
type Openness<Claims> = {
  [Name in keyof Claims]-?: undefined extends Claims[Name]
    ? 'open'
    : null extends Claims[Name]
      ? 'open'
      : 'stated'
}
type DeclaredOpenness<Type extends RecordType> = {
  -readonly [Name in keyof Type['members']]: Type['members'][Name] extends Optional ? 'open' : 'stated'
}

/** The TypeScript type of what a declaration accepts. Opaque claims may be anything. */
type Admitted<Type> =
  Type extends Optional<infer Of>
    ? Admitted<Of>
    : Type extends { kind: 'bool' }
      ? boolean
      : Type extends { kind: 'int' }
        ? number
        : Type extends { kind: 'string'; values: readonly (infer Value)[] }
          ? Value
          : Type extends { kind: 'string' }
            ? string
            : Type extends { kind: 'list'; of: infer Of }
              ? readonly Admitted<Of>[]
              : Type extends { kind: 'record'; members: infer Members }
                ? { readonly [Name in keyof Members]?: Admitted<Members[Name]> | undefined }
                : Type extends { kind: 'counts' }
                  ? Readonly<Record<string, number>>
                  : Type extends { kind: 'probes' }
                    ? Readonly<Record<string, string | number | boolean>>
                    : unknown

/** What is wrong with a declaration of claims: the names that differ in openness or type; `never` where it fits. */
type Misfits<Claims, Type extends RecordType> = {
  [Name in keyof Claims | keyof Type['members']]-?: Name extends keyof Claims & keyof Type['members']
    ? [Openness<Claims>[Name], NonNullable<Claims[Name]>] extends [
        DeclaredOpenness<Type>[Name],
        Admitted<Type['members'][Name]>,
      ]
      ? never
      : Name
    : Name
}[keyof Claims | keyof Type['members']]

type Declared = {
  software: (typeof measurement)['claims']
  'apple-app-attest': typeof appAttestClaims
  'apple-app-attest-assertion': typeof appAttestAssertionClaims
  'android-key-attestation': typeof androidKeyClaims
  'play-integrity': typeof playIntegrityClaims
}

test('each claim of each format is declared, with its type and whether it may be missing; and no other', () => {
  expectTypeOf<Misfits<SoftwareClaims, Declared['software']>>().toBeNever()
  expectTypeOf<Misfits<AppAttestClaims, Declared['apple-app-attest']>>().toBeNever()
  expectTypeOf<Misfits<AppAttestAssertionClaims, Declared['apple-app-attest-assertion']>>().toBeNever()
  expectTypeOf<Misfits<AndroidKeyClaims, Declared['android-key-attestation']>>().toBeNever()
  expectTypeOf<Misfits<PlayIntegrityClaims, Declared['play-integrity']>>().toBeNever()
  expectTypeOf<Misfits<AppraisalFacts['installation'], typeof installationClaims>>().toBeNever()
})

test('so are the members of claims that have some', () => {
  type Certificate = Declared['apple-app-attest']['members']['certificate']
  expectTypeOf<Misfits<AppAttestClaims['certificate'], Certificate>>().toBeNever()
  type Recall = Declared['play-integrity']['members']['deviceRecall']['of']
  expectTypeOf<Misfits<DeviceRecall, Recall>>().toBeNever()
})

test('a claim that is new, gone, of another type or suddenly open does not compile', () => {
  type Software = Declared['software']
  expectTypeOf<Misfits<SoftwareClaims & { fresh: boolean }, Software>>().toEqualTypeOf<'fresh'>()
  expectTypeOf<Misfits<Omit<SoftwareClaims, 'live'>, Software>>().toEqualTypeOf<'live'>()
  expectTypeOf<
    Misfits<Omit<SoftwareClaims, 'build'> & { build: number }, Software>
  >().toEqualTypeOf<'build'>()
  expectTypeOf<Misfits<Omit<SoftwareClaims, 'app'> & { app?: string }, Software>>().toEqualTypeOf<'app'>()
  type Live = Omit<SoftwareClaims, 'live'> & {
    live: 'matched' | 'absent' | 'not_applicable' | 'not_asked' | 'differs'
  }
  expectTypeOf<Misfits<Live, Software>>().toEqualTypeOf<'live'>()
})

test('formats are known by identifiers of CEL, each by one', () => {
  expect([...vocabulary.formats.keys()]).toEqual([
    'software',
    'apple_app_attest',
    'apple_app_attest_assertion',
    'android_key_attestation',
    'play_integrity',
  ])
  for (const [identifier, { format }] of vocabulary.formats)
    expect(identifier).toBe(format.replaceAll('-', '_'))
})

test('two formats of one identifier are misuse', () => {
  const [first] = schemes
  expect(() => vocabularyOf([first, first])).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
  )
})

test('names of claims are identifiers of CEL', () => {
  const names = (type: ClaimType): string[] =>
    type.kind === 'record'
      ? Object.entries(type.members).flatMap(([name, member]) => [
          name,
          ...names(member.kind === 'optional' ? member.of : member),
        ])
      : []
  for (const name of [
    ...[...vocabulary.formats.values()].map(({ claims }) => claims),
    installationClaims,
  ].flatMap(names))
    expect(name).toMatch(/^[a-zA-Z]\w*$/)
})
