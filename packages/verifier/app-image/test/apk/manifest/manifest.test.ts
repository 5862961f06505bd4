import { describe, expect, it } from 'vitest'
import { writeAxml } from '@assay/testkit/axml'
import type { ElementTemplate } from '@assay/testkit/axml'
import { axmlElements } from '@assay/codec/axml'
import { parseManifest as parseElements } from '../../../src/apk/manifest/manifest.ts'
import { sdkOfCodename } from '../../../src/apk/manifest/sdk-codename.ts'
import { expectRefusal, fileOf } from '../../expect-refusal.ts'
import { verifyApkSignature } from '../../../src/index.ts'
import { writeZip } from '../../zip/write-zip.ts'
import { androidAttribute, manifestOf } from '../write-apk.ts'
import type { ManifestTemplate } from '../write-apk.ts'

const parseManifest = (content: Uint8Array) => parseElements(axmlElements(content))
const parse = (template: ManifestTemplate) => parseManifest(writeAxml(manifestOf(template)))
const parseElement = (element: ElementTemplate) => parseManifest(writeAxml(element))
const reference = { type: 0x01, data: 0x7f010001 }

describe('parseManifest', () => {
  it('reads what identity and signing need', () => {
    const template: ManifestTemplate = {
      versionCode: 7,
      versionCodeMajor: 2,
      versionName: '1.2',
      minSdkVersion: 24,
      targetSdkVersion: 35,
      targetSandboxVersion: 2,
      debuggable: true,
      testOnly: true,
    }
    const expected = {
      packageName: 'com.example.app',
      versionName: '1.2',
      versionCode: 7,
      versionCodeMajor: 2,
      minSdk: 24,
      targetSdk: 35,
      targetSandboxVersion: 2,
      debuggable: true,
      testOnly: true,
      split: null,
      configForSplit: null,
      needsSplits: false,
      delivery: 'fused',
    }
    expect(parse(template)).toEqual(expected)
    expect(parseManifest(writeAxml(manifestOf(template), { blankNames: true, utf8: true }))).toEqual(expected)
  })

  it('has defaults for everything but the package', () => {
    expect(parseElement({ name: 'manifest', attributes: [{ name: 'package', value: 'a.b' }] })).toEqual({
      packageName: 'a.b',
      versionName: null,
      versionCode: 0,
      versionCodeMajor: 0,
      minSdk: null,
      targetSdk: null,
      targetSandboxVersion: 1,
      debuggable: false,
      testOnly: false,
      split: null,
      configForSplit: null,
      needsSplits: false,
      delivery: 'fused',
    })
  })

  it('leaves a version name in the resources unresolved', () => {
    expect(parse({ versionName: reference }).versionName).toBeNull()
    expect(parse({ versionName: 12 }).versionName).toBe('12')
  })

  it('reads version codes as unsigned', () => {
    expect(parse({ versionCode: -1 }).versionCode).toBe(0xffffffff)
    expect(parse({ versionCode: '12' }).versionCode).toBe(12)
  })

  it('takes a flag for set unless it is plainly not', () => {
    for (const value of [true, 1, -1, 'true', '1', 'yes', reference])
      expect(parse({ debuggable: value }).debuggable).toBe(true)
    for (const value of [false, 0, 'false', '0', ''])
      expect(parse({ debuggable: value }).debuggable).toBe(false)
  })

  it('reads the first application, and the highest minimum of several uses-sdk', () => {
    const element: ElementTemplate = {
      name: 'manifest',
      attributes: [{ name: 'package', value: 'a.b' }],
      children: [
        { name: 'uses-sdk', attributes: [androidAttribute('minSdkVersion', 21)] },
        { name: 'uses-sdk', attributes: [androidAttribute('minSdkVersion', 26)] },
        { name: 'uses-sdk' },
        { name: 'application' },
        { name: 'application', attributes: [androidAttribute('debuggable', true)] },
        {
          name: 'queries',
          children: [{ name: 'application', attributes: [androidAttribute('debuggable', true)] }],
        },
      ],
    }
    expect(parseElement(element)).toMatchObject({ minSdk: 26, debuggable: false })
  })

  it('reads SDK levels that are names of releases', () => {
    expect(parse({ minSdkVersion: 'N', targetSdkVersion: 'Tiramisu' })).toMatchObject({
      minSdk: 23,
      targetSdk: 30,
    })
    expect(parse({ minSdkVersion: '26' }).minSdk).toBe(26)
  })

  it.each<ElementTemplate>([
    { name: 'resources', attributes: [{ name: 'package', value: 'a' }] },
    { name: 'manifest' },
    { name: 'manifest', attributes: [{ name: 'package', value: '' }] },
    { name: 'manifest', attributes: [{ name: 'package', value: 7 }] },
    {
      name: 'manifest',
      attributes: [
        { name: 'package', value: 'a' },
        { name: 'package', value: 'b' },
      ],
    },
    manifestOf({ versionCode: reference }),
    manifestOf({ versionCode: 'seven' }),
    manifestOf({ minSdkVersion: 'unknown' }),
    manifestOf({ targetSandboxVersion: true }),
    {
      name: 'manifest',
      attributes: [{ name: 'package', value: 'a' }],
      children: [
        {
          name: 'application',
          attributes: [androidAttribute('debuggable', false), androidAttribute('debuggable', true)],
        },
      ],
    },
  ])('refuses a manifest that does not say what it must, or says it twice (%#)', async (element) => {
    await expectRefusal('MANIFEST_MALFORMED', () => parseElement(element))
  })

  it('refuses an entry that is no compiled XML', async () => {
    const archive = writeZip([{ name: 'AndroidManifest.xml', content: '<manifest/>' }])
    await expectRefusal('MANIFEST_MALFORMED', () => verifyApkSignature(fileOf(archive)))
  })

  it('refuses a manifest of absurd size', async () => {
    const archive = writeZip([{ name: 'AndroidManifest.xml', content: Buffer.alloc(17 * 1024 * 1024) }])
    await expectRefusal('ZIP_BOMB', () => verifyApkSignature(fileOf(archive)))
  })
})

describe('sdkOfCodename', () => {
  it.each([
    ['N', 23],
    ['O', 25],
    ['R', 28],
    ['A', 1],
    ['Baklava', 34],
    ['CinnamonBun', 35],
    ['CANARY', 9999],
    ['n', undefined],
    ['', undefined],
  ])('takes %j for %s', (name, level) => {
    expect(sdkOfCodename(name)).toBe(level)
  })
})
