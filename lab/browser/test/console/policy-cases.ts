import { expect, it } from 'vitest'
import { policyIdPattern } from '@assay/protocol'
import { axeFindings, type SharedConsole } from './opened.ts'

/** Policies: tried, compared, rolled back, and judging in the shadow. */
export function policyCases(shared: SharedConsole): void {
  it('takes the ids of new policies that the service takes', async () => {
    const { page, close } = await shared.open()
    await shared.visit(page, 'policies')
    const field = page.getByLabel('Policy id')
    for (const id of [
      'ours',
      'our-own',
      '0',
      'a'.repeat(64),
      'Ours',
      'our.own',
      'our_own',
      '-ours',
      'a'.repeat(65),
    ]) {
      await field.fill(id)
      const isTaken = await field.evaluate((input) => (input as HTMLInputElement).checkValidity())
      expect(isTaken, id).toBe(policyIdPattern.test(id))
    }
    await close()
  })

  it('tries a policy before it counts, compares its versions, and rolls back', async () => {
    const { page, close } = await shared.open()
    const { document } = await shared.service.operator<{ document: { rules: object[] } }>(
      'GET',
      '/v1/policies/software-only',
    )
    const rule = { when: "software.build != '0'", tier: 'contraindicated', reason: 'X_EVERYTHING' }
    await shared.service.operator('PUT', '/v1/policies/ours', document)
    await shared.service.operator('PUT', '/v1/policies/ours', {
      ...document,
      rules: [rule, ...document.rules],
    })
    await shared.visit(page, 'policies/ours')
    await page.getByLabel('App', { exact: true }).selectOption('com.example.shop')
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('Would be refused').waitFor()
    await page.getByText('X_EVERYTHING').nth(1).waitFor()
    await page.getByRole('listitem').filter({ hasText: 'Added: ' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Roll back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
    await page.getByText('Version 3').first().waitFor()
    const now = await shared.service.operator<{ version: number; document: object }>(
      'GET',
      '/v1/policies/ours',
    )
    expect(now).toMatchObject({ version: 3, document })
    await close()
  })

  it('lets a policy judge in the shadow, and takes it back', async () => {
    const { page, close } = await shared.open()
    const shadow = async () =>
      (await shared.service.operator<{ shadow_policy: string | null }>('GET', '/v1/apps/com.example.shop'))
        .shadow_policy
    const choose = async (policy: string) => {
      await page.getByRole('button', { name: 'Change' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Policy').selectOption(policy)
      await dialog.getByRole('button', { name: 'Change' }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await shared.visit(page, 'apps/com.example.shop')
    await choose('software-only')
    await page.getByText('Passed, would be refused').waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(await shadow()).toBe('software-only')
    await choose('')
    await page.getByText('This app has none.').waitFor()
    expect(await shadow()).toBeNull()
    await close()
  })
}
