import { createRequire } from 'node:module'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

interface Config {
  readonly version?: string
  readonly ios?: { readonly bundleIdentifier?: string }
  readonly android?: { readonly package?: string }
}

const { makePlugin } = createRequire(import.meta.url)('../../expo/make-plugin.cjs') as {
  makePlugin(tools: object, files: object, paths: object): (config: Config, props: object) => Promise<void>
}

/** `expo/config-plugins`, which carries out each change at once. */
async function applied(props: object) {
  const seen = {
    entitlements: {},
    plist: {},
    permissions: [] as string[],
    files: {} as Record<string, string>,
  }
  let writing = Promise.resolve()
  const onto = (modResults: object) => (config: Config, change: (each: object) => object) => {
    change({ ...config, modResults })
    return config
  }
  const tools = {
    withEntitlementsPlist: onto(seen.entitlements),
    withInfoPlist: onto(seen.plist),
    AndroidConfig: {
      Permissions: {
        withPermissions(config: Config, names: string[]) {
          seen.permissions.push(...names)
          return config
        },
      },
    },
    withDangerousMod(config: Config, [, change]: [string, (each: object) => Promise<void>]) {
      writing = change({ ...config, modRequest: { platformProjectRoot: '/android' } })
      return config
    },
  }
  const files = {
    mkdir: async () => undefined,
    writeFile: async (file: string, text: string) => void (seen.files[file] = text),
  }
  const config = {
    version: '2.4.0',
    ios: { bundleIdentifier: 'com.example.ios' },
    android: { package: 'com.example' },
  }
  void makePlugin(tools, files, path)(config, props)
  await writing
  return seen
}

const props = { endpoints: ['https://attest.example'], audiences: { 'https://api.example': 'api' } }

describe('the config plugin of Expo', () => {
  it('writes entitlement, permissions, and the configuration with the id of the build', async () => {
    const { entitlements, plist, permissions, files } = await applied({ ...props, withoutToken: 'send' })
    expect(entitlements).toEqual({ 'com.apple.developer.devicecheck.appattest-environment': 'production' })
    expect(plist).toEqual({
      Assay: { ...props, app: 'com.example.ios', build: '2.4.0', withoutToken: 'send' },
    })
    expect(permissions).toEqual(['android.permission.INTERNET', 'android.permission.ACCESS_NETWORK_STATE'])
    const written = JSON.parse(files['/android/app/src/main/assets/assay.json'] ?? '') as unknown
    expect(written).toEqual({ ...props, app: 'com.example', build: '2.4.0', without_token: 'send' })
  })

  it.each<[object, string]>([
    [{ ...props, endpoints: [] }, 'endpoints: missing or wrong'],
    [{ endpoints: props.endpoints }, 'audiences: missing or wrong'],
    [{ ...props, environment: 'sandbox' }, 'environment: missing or wrong'],
    [{ ...props, key: 'x' }, 'key: is not known'],
  ])('refuses %o', async (wrong, message) => {
    await expect(applied(wrong)).rejects.toThrow(message)
  })
})
