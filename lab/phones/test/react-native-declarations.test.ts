import { beforeAll, describe, expect, it } from 'vitest'
import { declarationsOf, faultsOf, reactNativeVersions } from '../src/react-native/declarations.ts'

/** What an app does with the package, in the words of the guide. */
const app = `
import { AppRegistry, Text, TurboModuleRegistry } from 'react-native'
import { AssayError, AssayProvider, createAssay, useAttestation, type Assay, type AssayState } from '@assay/react-native'

const assay: Assay = createAssay({ endpoints: ['https://attest.example'], audiences: { 'https://api.example': 'a' } })

export async function orders(): Promise<number> {
  try {
    const response = await assay.fetch('https://api.example/orders', { method: 'POST', body: '{}' })
    return response.status
  } catch (error) {
    return error instanceof AssayError && error.retryable ? 1 : 0
  }
}

function Banner() {
  const { state, error } = useAttestation()
  const shown: AssayState = state
  return <Text>{shown}{error?.trace}</Text>
}

AppRegistry.registerComponent('App', () => () => (
  <AssayProvider assay={assay}>
    <Banner />
  </AssayProvider>
))
`

describe('the package and an app over the declarations of React Native', () => {
  const folders = new Map<string, string>()

  beforeAll(async () => {
    for (const version of reactNativeVersions) {
      try {
        folders.set(version, await declarationsOf(version))
      } catch (error) {
        console.log(`not run: React Native ${version}: its declarations: ${String(error).slice(0, 200)}`)
      }
    }
    if (process.env['ASSAY_REQUIRE_ALL'] === '1') expect(folders.size).toBe(reactNativeVersions.length)
  }, 600_000)

  it.each(reactNativeVersions)('%s', { timeout: 120_000 }, (version) => {
    const folder = folders.get(version)
    if (folder !== undefined) expect(faultsOf(folder, app)).toEqual([])
  })

  it.each([
    ['0.76.9', app.replace('import { AppRegistry', 'import { NoSuchThing, AppRegistry'), 'NoSuchThing'],
    ['0.88.1', app.replace('import { AppRegistry', 'import { NoSuchThing, AppRegistry'), 'NoSuchThing'],
    ['0.76.9', app.replace('error.retryable', 'error.noSuchMember'), 'noSuchMember'],
    ['0.88.1', `${app}TurboModuleRegistry.get(7)`, "'number' is not assignable"],
  ])('%s: finds what is wrong in an app', { timeout: 120_000 }, (version, wrong, message) => {
    const folder = folders.get(version)
    if (folder !== undefined) expect(faultsOf(folder, wrong)).toEqual([expect.stringContaining(message)])
  })
})
