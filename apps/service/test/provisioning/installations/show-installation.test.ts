import type { App } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import type { Installation } from '../../../src/attestation/model/installation.ts'
import {
  showInstallation,
  type ShowDependencies,
} from '../../../src/provisioning/installations/show-installation.ts'

const now = Date.parse('2026-12-01T12:00:00Z')
const app = { id: 'com.example.app', platform: 'android', let_through_tiers: [] } as unknown as App
const none = () => Promise.resolve([])
const seen = (key: string) => ({ key, isRemembered: true, firstSeen: now, lastSeen: now })

const shownWith = (kind: string) =>
  showInstallation(app, 'one', {
    known: {
      ...{ traces: none, refusals: none, buildsTraced: none, said: () => Promise.resolve(undefined) },
      known: () => Promise.resolve([seen('one')]),
      vouchedBy: () => Promise.resolve([seen('two')]),
    } as unknown as ShowDependencies['known'],
    installations: {
      find: () =>
        Promise.resolve({ vouchingKey: { kind, id: 'v' }, evidence: [] } as unknown as Installation),
    },
    bans: { find: () => Promise.resolve(undefined) },
    allowEntries: { list: none },
    isShared: (vouchingKey) => vouchingKey.kind === 'android-batch',
    ...{ buildsOf: none, apisOf: none, pseudonymOf: () => 'name', clock: () => now },
    platform: {
      recall: () => Promise.resolve({ recalled: {} }),
      stated: () => null,
    } as unknown as ShowDependencies['platform'],
  })

it('shows the other keys of a device, and none where the vouching key is in many devices', async () => {
  expect((await shownWith('android-device')).other_keys).toMatchObject([{ key: 'two' }])
  expect((await shownWith('android-batch')).other_keys).toEqual([])
})
