import type { Api, App, AttestationTrace } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import { letThrough } from '../../../src/provisioning/installations/let-through.ts'

const audience = 'https://api.example.com'
const now = Date.parse('2026-12-01T12:00:00Z')
const id = 'JnGmJ1zKQxq0V7yq3c2hVA'
const key = 'A'.repeat(43)
const app = { id: 'com.example.app', let_through_tiers: ['warning'] } as unknown as App
const refusal = {
  ...{ trace: id, app: app.id, key, at: new Date(now - 60_000).toISOString() },
  refused: [{ audience, tier: 'warning', code: 'SOFTWARE_ONLY' }],
} as unknown as AttestationTrace

const letIn = (traces: readonly AttestationTrace[]) =>
  letThrough(app, key, { audience, trace: id, expires_at: new Date(now + 60_000).toISOString() }, false, {
    findTrace: (trace) => Promise.resolve(traces.find((one) => one.trace === trace)),
    entries: { letThrough: () => Promise.resolve({ before: undefined }) },
    apisOf: () => Promise.resolve([{ audience, token: 'attestation' } as Api]),
    pseudonymOf: () => 'name',
    actor: () => ({ key: 'k', name: 'second line' }),
    random: (length) => new Uint8Array(length),
    clock: () => now,
  })

describe('letting through', () => {
  it('finds the refusal however many came after it', async () => {
    const newer = Array.from({ length: 101 }, (_, index) => ({ ...refusal, trace: `newer-${index}` }))
    expect(await letIn([...newer, refusal])).toMatchObject({ installation: 'name', tier: 'warning' })
  })

  it('takes no refusal of code that differs from the registered build', async () => {
    const [refused] = refusal.refused
    const differs = { ...refusal, refused: [{ ...refused, code_differs: true }] } as AttestationTrace
    await expect(letIn([differs])).rejects.toMatchObject({ code: 'let_through_code_differs' })
  })

  it.each([
    ['another app', { app: 'com.example.other' }],
    ['another installation', { key: 'B'.repeat(43) }],
    ['nobody', { key: null }],
    ['two days ago', { at: new Date(now - 2 * 86_400_000).toISOString() }],
  ])('takes no refusal of %s', async (_, differs) => {
    await expect(letIn([{ ...refusal, ...differs }])).rejects.toMatchObject({
      code: 'let_through_not_refused',
    })
  })
})
