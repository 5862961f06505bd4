import { describe, expect, test } from 'vitest'
import { cli, fakeService } from '../fake-service.ts'

const key = { ASSAY_API_KEY: 'a-key' }
const deletions = [
  'app remove com.example.app',
  'api remove https://api.example.com',
  'policy remove ours',
  'key remove MunGd_tA53U6NnGb',
  'ban remove --app com.example.app --kind android-device --vouching-key 5f1c',
]

describe.each(deletions)('assay %s', (line) => {
  const run = async (args: string[], more: { stdin?: string; isTTY?: boolean } = {}) => {
    const fake = await fakeService(() => ({ status: 204, body: '' }))
    const done = await cli([...line.split(' '), ...args, '--server', fake.url], key, more)
    await fake.close()
    return { ...done, deleted: fake.seen.length }
  }

  test('asks, and deletes on yes only', async () => {
    for (const stdin of ['y\n', 'YES\n'])
      expect(await run([], { stdin, isTTY: true })).toMatchObject({ status: 0, deleted: 1 })
    for (const stdin of ['', '\n', 'n\n', 'yesterday\n']) {
      const refused = await run([], { stdin, isTTY: true })
      expect(refused).toMatchObject({ status: 2, deleted: 0 })
      expect(refused.stderr).toContain('? ')
      expect(refused.stderr).toContain('[CLI_NOT_CONFIRMED]')
    }
  })

  test('is refused where there is nobody to ask, unless --yes says so', async () => {
    for (const more of [{}, { stdin: 'y\n' }]) {
      const refused = await run([], more)
      expect(refused).toMatchObject({ status: 2, deleted: 0 })
      expect(refused.stderr).toContain('[CLI_NOT_CONFIRMED]')
    }
    expect(await run(['--json'], { stdin: 'y\n', isTTY: true })).toMatchObject({ status: 2, deleted: 0 })
    expect(await run(['--yes'])).toMatchObject({ status: 0, deleted: 1 })
  })
})
