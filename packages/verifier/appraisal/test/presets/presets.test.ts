import { defaultProbes } from '@assay/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appraise, compilePolicy, presetNames, softwareOnlyPolicy } from '../../src/index.ts'
import { identifierOf } from '../../src/vocabulary/vocabulary.ts'
import { now, verified } from '../claims.ts'
import { assertingIphone, browser, iphone, judge, judgeBy, pixel, playAlone, type Device } from './devices.ts'
import { devices, findings, unproved } from './findings.ts'
import { presetDocuments, presets, vocabulary } from '../schemes.ts'

const graded = ['observe', 'balanced', 'strict', 'no-google'] as const
/** From the mildest on. */
const byMildness = ['observe', 'balanced', 'strict'] as const

describe.each(findings)('$title', ({ device, twin, tier, reasons, vector = {} }) => {
  test.each(['observe', 'balanced', 'no-google'] as const)('under %s', (preset) => {
    const result = judge(preset, device)
    if (tier === 'affirming') expect(result).toMatchObject({ tier, reasons: [] })
    else expect(result).toMatchObject({ tier, reasons, vector })
  })

  test('under strict', () => {
    expect(judge('strict', device)).toMatchObject({ tier: 'contraindicated', reasons, vector })
  })

  test.each(graded)('its twin is fine under %s', (preset) => {
    expect(judge(preset, twin)).toMatchObject({ tier: 'affirming', reasons: [] })
  })
})

describe.each(unproved)('$title, which no device has shown yet', ({ device, twin, tier, reasons }) => {
  test('counts under observe', () => {
    expect(judge('observe', device)).toMatchObject({ tier, reasons })
    expect(judge('observe', twin)).toMatchObject({ tier: 'affirming', reasons: [] })
  })

  test.each(presetNames.filter((name) => name !== 'observe'))('counts for nothing under %s', (preset) => {
    expect(judge(preset, device)).toEqual(judge(preset, twin))
  })
})

describe('what hardware affirms', () => {
  test.each<[string, Device, object]>([
    ['an App Attest key made now', iphone(), { app: { executables: 2 }, device: { hardware: 2 } }],
    [
      'an App Attest key that signed now',
      assertingIphone({}, { ages: { 'apple-app-attest': 9_000 } }),
      { app: { executables: 2 }, device: { hardware: 2 }, key: { 'instance-identity': 2 } },
    ],
    [
      'a vouched-for key on Android',
      pixel(),
      { app: { executables: 2 }, device: { hardware: 2, configuration: 2 } },
    ],
    [
      'the attested key itself',
      pixel({}, {}, { installation: { holderKey: 'hardware' } }),
      {
        app: { executables: 2 },
        device: { hardware: 2, configuration: 2 },
        key: { 'storage-opaque': 2 },
      },
    ],
    [
      'an attested key that is remembered',
      pixel({}, {}, { ages: { 'android-key-attestation': 301 }, installation: { holderKey: 'hardware' } }),
      {
        app: { executables: 2 },
        device: { hardware: 2, configuration: 2 },
        key: { 'storage-opaque': 2, 'instance-identity': 2 },
      },
    ],
  ])('%s', (_, device, vector) => {
    for (const preset of graded)
      expect(judge(preset, device)).toMatchObject({ tier: 'affirming', reasons: [], vector })
  })

  test("Google's word alone is enough, but not for strict and no-google", () => {
    for (const preset of ['observe', 'balanced'] as const)
      expect(judge(preset, playAlone())).toMatchObject({
        tier: 'affirming',
        reasons: [],
        vector: { app: { executables: 2 } },
      })
    for (const preset of ['strict', 'no-google'] as const)
      expect(judge(preset, playAlone())).toMatchObject({
        tier: 'contraindicated',
        reasons: ['HARDWARE_EVIDENCE_MISSING'],
      })
  })

  test("Google's word of more than 30 days ago is old", () => {
    const ages = { 'play-integrity': 30 * 86_400 }
    expect(judge('balanced', playAlone({}, { ages }))).toMatchObject({ tier: 'affirming' })
    const older = { 'play-integrity': 30 * 86_400 + 1 }
    expect(judge('balanced', playAlone({}, { ages: older }))).toMatchObject({
      tier: 'warning',
      reasons: ['HARDWARE_EVIDENCE_OLD'],
    })
  })

  test('an assertion by an unattested key is not hardware evidence', () => {
    const { claims, facts } = assertingIphone()
    const alone = { facts, claims: claims.filter(({ format }) => format !== 'apple-app-attest') }
    expect(judge('observe', alone)).toMatchObject({ tier: 'warning', reasons: ['SOFTWARE_ONLY'] })
    for (const preset of ['balanced', 'strict', 'no-google'] as const)
      expect(judge(preset, alone).reasons).toEqual(['HARDWARE_EVIDENCE_MISSING'])
  })

  test('an engine that shows no source is reported, and does not lower the result', () => {
    for (const preset of graded)
      for (const live of ['absent', 'not_applicable'])
        expect(judge(preset, pixel({}, { live }))).toMatchObject({
          tier: 'affirming',
          reasons: ['LIVE_CODE_NOT_COMPARED'],
        })
  })
})

describe('without hardware evidence', () => {
  test('observe grades as software-only does', () => {
    expect(judge('observe', browser())).toMatchObject({
      tier: 'warning',
      reasons: ['SOFTWARE_ONLY'],
      vector: judge('software-only', browser()).vector,
    })
  })

  test.each(['balanced', 'strict', 'no-google'] as const)('%s finds it contraindicated', (preset) => {
    expect(judge(preset, browser())).toMatchObject({
      tier: 'contraindicated',
      reasons: ['HARDWARE_EVIDENCE_MISSING'],
      vector: { device: { hardware: 97 } },
    })
  })
})

test.each(presetNames)('%s decides nothing without a measurement', (preset) => {
  const { claims, facts } = pixel()
  const without = { facts, claims: claims.filter(({ format }) => format !== 'software') }
  expect(judge(preset, without)).toMatchObject({ tier: 'none', reasons: ['REQUIRED_CLAIM_MISSING'] })
})

test.each(graded)('%s decides nothing without the facts that it reads', (name) => {
  expect(appraise({ claims: pixel().claims, policy: presets.policy(name), now })).toMatchObject({
    tier: 'none',
    reasons: ['RULE_FAILED'],
  })
})

test.each(graded)('%s decides nothing where the age of evidence is not known', (preset) => {
  for (const age of [undefined, Number.NaN, -1, 1e11, Infinity]) {
    const { claims, facts } = pixel()
    const ages = { ...facts.ages, 'android-key-attestation': age as number }
    expect(judge(preset, { claims, facts: { ...facts, ages } })).toMatchObject({
      tier: 'none',
      reasons: ['RULE_FAILED'],
    })
  }
})

describe.each(presetNames)('each rule of %s', (preset) => {
  const document = presetDocuments.get(preset)
  if (document === undefined) throw new Error('there is no such preset')
  const judgedWithout = (left: number) => {
    const rules = document.rules.filter((_, i) => i !== left)
    const policy = compilePolicy({ ...document, rules }, { id: preset, version: 1, vocabulary })
    return all.map((device) => judgeBy(policy, device))
  }
  const all = [...devices, ...(preset === 'observe' ? unproved.map(({ device }) => device) : [])]
  const judged = all.map((device) => judge(preset, device))

  test.each(document.rules.map(({ when }, i) => [i, when] as const))('%i decides a case: %s', (i) => {
    expect(judgedWithout(i)).not.toEqual(judged)
  })
})

describe('whatever evidence leaves open', () => {
  /** Evidence with any of the claims left out that may be. */
  const open = fc
    .tuple(fc.constantFrom(...devices), fc.infiniteStream(fc.boolean()))
    .map(([{ claims, ...rest }, drops]): Device => ({
      ...rest,
      claims: claims.map(({ format, claims: all }) => {
        const known = vocabulary.formats.get(identifierOf(format))
        const kept = Object.entries(all as object).filter(([name]) => {
          return known?.claims.members[name]?.kind !== 'optional' || drops.next().value
        })
        return verified(format, Object.fromEntries(kept))
      }),
    }))

  test.each(presetNames)('%s decides', (preset) => {
    fc.assert(
      fc.property(open, (device) => {
        expect(judge(preset, device).tier).not.toBe('none')
      }),
    )
  })

  test('strict is nowhere milder than balanced, and balanced nowhere milder than observe', () => {
    const order = ['affirming', 'warning', 'contraindicated']
    fc.assert(
      fc.property(open, (device) => {
        const tiers = byMildness.map((preset) => order.indexOf(judge(preset, device).tier))
        expect(tiers).toEqual([...tiers].sort())
      }),
    )
  })
})

test.each(presetNames)('%s judges every probe that is asked by default, on each platform', (preset) => {
  const rules = presetDocuments.get(preset)?.rules.map(({ when }) => when) ?? []
  for (const probe of new Set(Object.values(defaultProbes).flat())) {
    expect(
      rules.filter((when) => when.includes(`found('${probe}'`)),
      probe,
    ).not.toEqual([])
    expect(
      rules.filter((when) => when.includes(`unanswered('${probe}')`)),
      probe,
    ).toHaveLength(1)
  }
})

test('presets are policies by their names, in the documented order', () => {
  expect([...presetDocuments.keys()]).toEqual(presetNames)
  for (const name of presetNames) {
    expect(presets.policy(name)).toMatchObject({ id: name, version: 1 })
    expect(presets.policy(name)).toBe(presets.policy(name))
  }
  expect(presets.policy('software-only')).toBe(softwareOnlyPolicy)
})

test('presets are documents like any other: as JSON they compile to the same', () => {
  for (const [name, document] of presetDocuments) {
    const policy = compilePolicy(JSON.parse(JSON.stringify(document)), { id: name, version: 1, vocabulary })
    for (const device of devices) expect(judgeBy(policy, device)).toEqual(judge(name, device))
  }
})

test('every finding that a preset can give is shown above', () => {
  const given = new Set(
    [...presetDocuments.values()].flatMap(({ rules }) => rules.flatMap(({ reason }) => reason ?? [])),
  )
  const shown = new Set(
    devices.flatMap((device) => presetNames.flatMap((name) => judge(name, device).reasons)),
  )
  expect([...given].filter((reason) => !shown.has(reason))).toEqual([])
})
