// The forms of the console have no schemas at hand: what they start with is written twice, and compared here.
import { apiDefaults, appDefaults } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import { apiFields } from '../apps/console/src/forms/api-fields.ts'
import { appFields } from '../apps/console/src/forms/app-fields.ts'
import { bodyOf, shownOf, startOf } from '../apps/console/src/forms/fields.ts'

describe.each([
  ['app', appFields([]), appDefaults, { let_through_tiers: ['warning'] }],
  ['api', apiFields([], []), apiDefaults, { channels: ['production'] }],
])('the form of an %s that is registered', (_, fields, defaults, presets) => {
  const start = startOf(fields)
  const lists = Object.entries(defaults).filter(([, value]) => Array.isArray(value))

  it.each(lists)('starts with what the service sets where nothing is said: %s', (member, value) => {
    expect(start[member]).toEqual(shownOf(fields[member], value))
  })

  it('sends no preset that was left as it is', () => {
    expect(start).toMatchObject(presets)
    const body = bodyOf({ fields, values: start, before: undefined })
    for (const member of Object.keys(presets)) expect(body).not.toHaveProperty(member)
  })
})
