import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  compilePolicy,
  policyBounds,
  presetNames,
  type AppraisalResult,
  type PolicyDocument,
  type RuleDocument,
} from '../src/index.ts'
import { typeOf, type ClaimType, type Member, type RecordType } from '@assay/evidence'
import { installationClaims } from '../src/vocabulary/vocabulary.ts'
import {
  assertingIphone,
  browser,
  iphone,
  judgeBy,
  otherSystem,
  pixel,
  pixelWithPlay,
  type Device,
} from './presets/devices.ts'
import { presetDocuments, vocabulary } from './schemes.ts'

const page = (name: string) => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8')

/** Text of a section, from below its heading to the next heading of any level. */
function section(text: string, heading: string): string {
  const [, after] = text.split(`\n${heading}\n`)
  if (after === undefined) throw new Error(`there is no section ${heading}`)
  return after.split(/\n#+ /)[0] as string
}

describe('claims.md', () => {
  const claims = page('evidence/claims.md')

  /** As the page writes types. */
  function written(type: ClaimType): string {
    switch (type.kind) {
      case 'string': {
        const values = (type.values ?? []).map((value) => `\`${value}\``).join(', ')
        return values === '' ? '`string`' : `\`string\`: ${values}`
      }
      case 'list':
        return `\`list(${type.of.kind})\``
      case 'counts':
        return '`map(string, int)`'
      case 'probes':
        return '`answers`'
      case 'opaque':
        return '–'
      case 'bool':
      case 'int':
      case 'record':
        return `\`${type.kind}\``
    }
  }

  function rowsOf({ members }: RecordType, prefix = ''): string[][] {
    return Object.entries(members).flatMap(([name, member]: [string, Member]) => {
      const type = typeOf(member)
      if (type.kind === 'record') return rowsOf(type, `${prefix}${name}.`)
      return [[`\`${prefix}${name}\``, written(type), member.kind === 'optional' ? 'yes' : 'no']]
    })
  }

  const documented = (heading: string) =>
    section(claims, heading)
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split(' | ').map((cell) => cell.replace(/^\|/, '').trim()))
      .map((cells) => cells.slice(0, 3))

  const sorted = (rows: string[][]) => rows.map((row) => row.join(' | ')).sort()

  test.each([...vocabulary.formats])(
    'lists each claim of evidence.%s with its type',
    (identifier, format) => {
      expect(sorted(documented(`## \`evidence.${identifier}\``))).toEqual(sorted(rowsOf(format.claims)))
    },
  )

  test('lists what the service knows of the installation', () => {
    expect(sorted(documented('## `installation`'))).toEqual(sorted(rowsOf(installationClaims)))
  })

  test('lists the ages, and no format that does not exist', () => {
    const ages = section(claims, '## `ages` and `now`').match(/`ages\.\w+`/g)
    expect(ages).toEqual([...vocabulary.formats.keys()].map((identifier) => `\`ages.${identifier}\``))
    const formats = claims.match(/^## `evidence\.\w+`$/gm)
    expect(formats).toHaveLength(vocabulary.formats.size)
  })
})

/** The first JSON of a section. */
function jsonIn(text: string, heading: string): unknown {
  const [, json] = section(text, heading).split('```json\n')
  return JSON.parse((json as string).split('```')[0] as string)
}

function judged(document: unknown, device: Device): Pick<AppraisalResult, 'tier' | 'reasons'> {
  const policy = compilePolicy(document, { id: 'ours', version: 1, vocabulary })
  const { tier, reasons } = judgeBy(policy, device)
  return { tier, reasons }
}

describe('policies.md', () => {
  const policies = page('policies.md')
  const jsonOf = (heading: string) => jsonIn(policies, heading)
  const balanced = presetDocuments.get('balanced') as PolicyDocument
  const fine = { tier: 'affirming', reasons: [] }
  const beside = (heading: string) => ({
    ...balanced,
    rules: [...balanced.rules, jsonOf(heading) as RuleDocument],
  })

  test('names the built-in policies', () => {
    for (const name of presetNames) expect(policies).toContain(`| \`${name}\``)
  })

  test('states the bounds', () => {
    const { rules, expression, brackets, expressions, required, values } = policyBounds
    const text = policies.replaceAll('\n', ' ')
    const number = (value: number) => value.toLocaleString('en')
    expect(text).toContain(
      `${rules} rules, ${number(expression)} characters and ${brackets} opening brackets each, ` +
        `${number(expressions)} characters together, ${required} required claims of ${values} values`,
    )
  })

  test('the smallest policy', () => {
    const document = jsonOf('## Your own policy')
    expect(judged(document, iphone())).toEqual(fine)
    expect(judged(document, browser())).toEqual({ tier: 'warning', reasons: ['SOFTWARE_ONLY'] })
  })

  test('systems with their own verified boot keys', () => {
    const rule = jsonOf('### Systems with their own verified boot keys') as RuleDocument
    const replaced = balanced.rules.map((each) => (each.reason === rule.reason ? rule : each))
    expect(replaced.filter((each) => each === rule)).toHaveLength(1)
    const ours = { ...balanced, rules: replaced }
    expect(judged(ours, otherSystem())).toEqual(fine)
    expect(judged(balanced, otherSystem()).reasons).toEqual(['BOOT_SELF_SIGNED'])
    const refused = (reason: string) => ({ tier: 'contraindicated', reasons: [reason] })
    const selfSigned = refused('BOOT_SELF_SIGNED')
    expect(judged(ours, otherSystem({ verifiedBootKey: 'cc'.repeat(32) }))).toEqual(selfSigned)
    expect(judged(ours, { ...otherSystem(), bootKeys: new Map() })).toEqual(selfSigned)
    expect(judged(ours, otherSystem({ deviceLocked: false }))).toEqual(refused('BOOT_LOADER_UNLOCKED'))
    expect(judged(ours, otherSystem({ verifiedBootState: 'Unverified' }))).toEqual(
      refused('BOOT_NOT_VERIFIED'),
    )
  })

  test('hardware evidence of a certain age', () => {
    const ours = beside('### Hardware evidence of a certain age')
    const old = { tier: 'contraindicated', reasons: ['HARDWARE_EVIDENCE_OLD'] }
    expect(judged(ours, pixel({}, {}, { ages: { 'android-key-attestation': 3600 } }))).toEqual(fine)
    expect(judged(ours, pixel({}, {}, { ages: { 'android-key-attestation': 3601 } }))).toEqual(old)
    expect(judged(ours, iphone({}, {}, { ages: { 'apple-app-attest': 3601 } }))).toEqual(old)
    expect(judged(ours, assertingIphone({}, { ages: { 'apple-app-attest': 9_000 } }))).toEqual(fine)
  })

  test('a key that hardware holds', () => {
    const ours = beside('### A key that hardware holds')
    const held = { installation: { holderKey: 'hardware' } } as const
    expect(judged(ours, pixel({}, {}, held))).toEqual(fine)
    expect(judged(ours, pixel())).toEqual({ tier: 'warning', reasons: ['OPERATOR_RULE'] })
  })

  test('the executable of an iOS app, in memory', () => {
    const ours = beside('### The executable of an iOS app, in memory')
    const differs = iphone({}, { text: 'differs' })
    expect(judged(ours, differs)).toEqual({ tier: 'contraindicated', reasons: ['OPERATOR_RULE'] })
    for (const text of ['matched', 'absent', 'not_asked'])
      expect(judged(ours, iphone({}, { text }))).toEqual(fine)
    for (const preset of presetNames.filter((name) => name !== 'software-only'))
      expect(judged(presetDocuments.get(preset), differs)).toEqual(fine)
  })

  test('one new installation a day', () => {
    const ours = beside('### One new installation a day')
    const twice = { installation: { enrolmentsToday: 1 } }
    const many = { tier: 'contraindicated', reasons: ['ENROLMENTS_MANY'] }
    expect(judged(ours, pixel())).toEqual(fine)
    expect(judged(ours, pixel({}, {}, twice))).toEqual(many)
    expect(judged(ours, iphone({}, {}, twice))).toEqual(many)
    expect(judged(ours, pixel({ provisioning: 'factory' }, {}, twice))).toEqual(fine)
  })

  test('an iPhone whose keys Apple has not counted yet', () => {
    const ours = beside('### An iPhone whose keys Apple has not counted yet')
    expect(judged(balanced, iphone())).toEqual(fine)
    expect(judged(ours, iphone())).toEqual({ tier: 'warning', reasons: ['RISK_NOT_ASSESSED'] })
    expect(judged(ours, iphone({ riskMetric: 1 }))).toEqual(fine)
    expect(judged(ours, iphone({ riskMetric: 11 })).tier).toBe('contraindicated')
    expect(judged(ours, pixel())).toEqual(fine)
  })

  test('an app that is not on Play', () => {
    const heading = '### An app that is not on Play'
    const leftOut: readonly string[] = section(policies, heading).match(/`[A-Z]+_[A-Z_]+`/g) ?? []
    expect(leftOut).toHaveLength(3)
    const rules = balanced.rules.filter(({ reason }) => !leftOut.includes(`\`${reason}\``))
    const ours = { ...balanced, rules, ...(jsonOf(heading) as Pick<PolicyDocument, 'required'>) }
    const sideloaded = { appRecognitionVerdict: 'UNRECOGNIZED_VERSION', appLicensingVerdict: 'UNLICENSED' }
    expect(judged(ours, pixelWithPlay(sideloaded))).toEqual(fine)
    expect(judged(balanced, pixelWithPlay(sideloaded)).tier).toBe('contraindicated')
    expect(judged(ours, iphone())).toEqual({ tier: 'none', reasons: ['REQUIRED_CLAIM_MISSING'] })
  })
})

describe('guides/web-deploys.md', () => {
  test('engines that do not hold lazy chunks to their digests', () => {
    const software = presetDocuments.get('software-only') as PolicyDocument
    const rule = jsonIn(page('guides/web-deploys.md'), '## Lazy chunks: pinned by the page') as RuleDocument
    const ours = { ...software, rules: [...software.rules, rule] }
    const asBefore = { tier: 'warning', reasons: ['SOFTWARE_ONLY'] }
    expect(judged(ours, browser({ coverage: 'image' }))).toEqual(asBefore)
    expect(judged(ours, browser({ coverage: 'entry', lazy: 'pinned' }))).toEqual(asBefore)
    const refused = { tier: 'contraindicated', reasons: ['X_CHUNKS_NOT_PINNED', 'SOFTWARE_ONLY'] }
    expect(judged(ours, browser({ coverage: 'entry', lazy: 'unmeasured' }))).toEqual(refused)
    expect(judged(ours, browser({ coverage: 'entry' }))).toEqual(refused)
  })
})
