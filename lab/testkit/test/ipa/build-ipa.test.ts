import { expect, it } from 'vitest'
import { buildIpa, readZip } from '../../src/index.ts'

it('an IPA holds its scripts in the folder of the app, and says what it is', async () => {
  const files = { 'main.jsbundle': Buffer.from('app()\n') }
  const ipa = await buildIpa({ bundleId: 'com.example.app', bundleVersion: '7', files })
  const entries = new Map((await readZip(ipa)).map(({ name, content }) => [name, content.toString('latin1')]))
  expect(entries.get('Payload/App.app/main.jsbundle')).toBe('app()\n')
  expect(entries.get('Payload/App.app/Info.plist')).toContain('<string>com.example.app</string>')
})
