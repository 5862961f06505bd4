import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const read = (file) => readFileSync(path.join(root, file), 'utf8')
const sdk = 'packages/attester/ios/Sources/Assay/PrivacyInfo.xcprivacy'
const bridge = 'packages/attester/react-native/ios/PrivacyInfo.xcprivacy'

/** Value of a key of the manifest: the element that follows it, without white space. */
function valueOf(text, key) {
  const plain = text.replaceAll(/<!--[\s\S]*?-->|\s+/g, '')
  const [, after = ''] = plain.split(`<key>${key}</key>`)
  return /^<\w+\/>|^<(\w+)>.*?<\/\1>(?=<key>NSPrivacy(?:Tracking|Collected|Accessed)|<\/dict><\/plist>)/.exec(
    after,
  )?.[0]
}

/**
 * Apple's "required reason" APIs (developer.apple.com, "Describing use of required reason API") as Swift and C name
 * them: file timestamps, time since start, free space, keyboards, user defaults.
 */
const requiredReasons =
  /\b(?:creationDate|modificationDate|fileModificationDate|(?:content|attribute)ModificationDateKey|creationDateKey|f?l?stat(?:at|v?fs)?|f?getattrlist(?:at|bulk)?|attributesOfItem|systemUptime|mach_absolute_time|volumeAvailableCapacity\w*|volumeTotalCapacityKey|systemFreeSize|systemSize|activeInputModes|UserDefaults)\b/

describe('the privacy manifests', () => {
  it('are resources of the Swift package and of each pod', () => {
    expect(read('Package.swift')).toMatch(
      /name: "Assay", [^\n]*\/Sources\/Assay", resources: \[\.copy\("PrivacyInfo\.xcprivacy"\)\]/,
    )
    const pods = [
      ['Assay.podspec', sdk],
      ['AssayCore.podspec', sdk],
      ['packages/attester/react-native/AssayReactNative.podspec', bridge],
    ]
    const names = pods.map(([file, manifest]) => {
      const [, name, place] = /s\.resource_bundles = \{ '(\w+)' => \['([^']+)'\] \}/.exec(read(file)) ?? []
      expect(path.posix.join(path.posix.dirname(file), place ?? '')).toBe(manifest)
      expect(existsSync(path.join(root, manifest))).toBe(true)
      return name
    })
    // Bundles of one name would overwrite one another in an app that links statically.
    expect(new Set(names).size).toBe(pods.length)
  })

  it.each([sdk, bridge])('%s: declares no tracking, and no API that needs a reason', (manifest) => {
    const text = read(manifest)
    expect(valueOf(text, 'NSPrivacyTracking')).toBe('<false/>')
    expect(valueOf(text, 'NSPrivacyTrackingDomains')).toBe('<array/>')
    expect(valueOf(text, 'NSPrivacyAccessedAPITypes')).toBe('<array/>')
  })

  it('declare what the SDK sends: the key of the installation, digests and answers', () => {
    const types = [...read(sdk).matchAll(/<string>NSPrivacyCollectedDataType(\w+)<\/string>/g)]
    expect(types.map(([, name]) => name)).toEqual([
      ...['DeviceID', 'PurposeAppFunctionality', 'OtherDataTypes', 'PurposeAppFunctionality'],
    ])
    expect(valueOf(read(bridge), 'NSPrivacyCollectedDataTypes')).toBe('<array/>')
  })

  it('stay true: no source uses an API that needs a reason', () => {
    const folders = ['packages/attester/ios/Sources', 'packages/attester/react-native/ios']
    const files = folders.flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true }).map((file) => path.posix.join(folder, file)),
    )
    const own = files.filter(
      (file) => /\.(?:swift|mm|h)$/.test(file) && !/\/(?:Stubs|Lab|\.build)\//.test(file),
    )
    expect(own.length).toBeGreaterThan(60)
    expect(own.filter((file) => requiredReasons.test(read(file)))).toEqual([])
  })

  it.each(['UserDefaults.standard', 'ProcessInfo.processInfo.systemUptime', 'fstat(descriptor, &about)'])(
    'would have to change for %s',
    (code) => {
      expect(requiredReasons.test(code)).toBe(true)
    },
  )
})
