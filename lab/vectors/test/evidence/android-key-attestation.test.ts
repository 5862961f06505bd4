import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Verified } from '@assay/evidence'
import { describe, expect, it } from 'vitest'
import { olderThan } from '../../src/evidence/formats/android-key-attestation.ts'
import { formats } from '../../src/evidence/formats.ts'
import { judgeByPolicy, PolicyRefusal } from '../../src/evidence/format/policy.ts'
import { runVectors } from '../../src/evidence/run-vectors.ts'
import type { Vector } from '../../src/evidence/format/vector.ts'

const vectors = path.resolve(import.meta.dirname, '../../../../../shared/vectors/android-key-attestation')

const vector = {
  id: '',
  format: 'android-key-attestation',
  verifyAt: '2026-11-25T00:00:00Z',
  trust: { anchors: 'google' },
  context: {},
  expect: { verdict: 'reject' },
} as const

it('all vectors of android-key-attestation pass, and no code is a catch-all', async () => {
  if (!existsSync(vectors)) {
    if (process.env['ASSAY_REQUIRE_ALL'] === '1') expect.fail('the vectors are missing')
    console.log('not run: the vectors of android-key-attestation are not beside this checkout')
    return
  }
  const lines: string[] = []
  const { passed, failed } = await runVectors(vectors, formats, (line) => lines.push(line))
  expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([])
  expect(failed).toBe(0)
  expect(passed).toBeGreaterThan(200)
  const codes = lines.flatMap((line) => /^ +(\d+) {2}ANDROID_KEY_\w+$/.exec(line)?.slice(1).map(Number) ?? [])
  expect(codes.length).toBeGreaterThan(20)
  expect(Math.max(...codes)).toBeLessThan(20)
})

it('asks for a chain and for anchors', async () => {
  const format = formats.get('android-key-attestation')!
  await expect(format.verify({ ...vector, input: {} }, '.')).rejects.toThrow(TypeError)
  const leaf = { chain: ['MAA='] }
  const refused = await format.verify({ ...vector, input: leaf }, '.').catch((error: unknown) => error)
  expect(format.rejectCode(refused)).toBe('ANDROID_KEY_CERTIFICATE')
  expect(format.rejectCode(new Error('something else'))).toBeUndefined()
})

describe('half of an app may be checked', () => {
  const file = path.join(vectors, 'grapheneos.json')
  const read = (): Vector => {
    const { vectors: all } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] }
    return all.find(({ expect: { verdict } }) => verdict === 'accept') as Vector
  }
  const outcome = async (policy: object): Promise<string | undefined> => {
    const genuine = read()
    const format = formats.get(genuine.format)!
    const context = { ...genuine.context, policy: { ...(genuine.context['policy'] as object), ...policy } }
    return format.verify({ ...genuine, context }, '.').then(
      () => 'accepted',
      (error: unknown) => format.rejectCode(error),
    )
  }
  const claims = async () =>
    (await formats.get(read().format)!.verify(read(), '.')) as Record<string, string[]>

  it.runIf(existsSync(file)).each([
    ['packageNames', 'ANDROID_KEY_PACKAGE'],
    ['signatureDigests', 'ANDROID_KEY_SIGNER'],
  ])('%s', async (member, code) => {
    const none = { packageNames: null, signatureDigests: null }
    expect(await outcome({ ...none, [member]: (await claims())[member] })).toBe('accepted')
    expect(await outcome({ ...none, [member]: ['another'] })).toBe(code)
    expect(await outcome({ ...none, [member]: [] })).toBe(code)
    expect(await outcome({ packageNames: [], signatureDigests: [] })).toBe('ANDROID_KEY_PACKAGE')
  })
})

describe('a minimum for the patch level', () => {
  const outcome = (osPatchLevel: number | null, minimum: number): string => {
    const claims = { platform: 'android', osPatchLevel }
    const evidence = { format: 'android-key-attestation', claims } as unknown as Verified<typeof claims>
    try {
      judgeByPolicy(evidence, [{ when: olderThan(minimum), reason: 'PATCH_LEVEL_OLD' }], 1_795_000_000)
      return 'accepted'
    } catch (error) {
      return error instanceof PolicyRefusal ? error.code : String(error)
    }
  }

  it.each([
    [202301, 202301],
    [202401, 202301],
    [20230101, 202301],
    [20240305, 202301],
    [20240301, 20240301],
    [202404, 20240301],
    [99991231, 1e300],
  ])('is met by %s, if it is %s', (level, minimum) => {
    expect(outcome(level, minimum)).toBe('accepted')
  })

  it.each([
    [202212, 202301],
    [20221231, 202301],
    [20240229, 20240301],
    [202403, 20240301],
    [999912, 1e300],
    [202400, 202301],
    [20240005, 202301],
    [0, 0],
    [null, 0],
  ])('is not met by %s, if it is %s', (level, minimum) => {
    expect(outcome(level, minimum)).toBe('PATCH_LEVEL_OLD')
  })
})
