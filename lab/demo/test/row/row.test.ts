import { expect, test } from 'vitest'
import { createStory, outcomeOf } from '../../src/row/row.ts'

test('an answer of 2xx is served, every other is refused', () => {
  const story = createStory(
    () => undefined,
    () => '',
  )
  story.row('a', 'assay-software', 'served', { status: 201, code: null })
  story.row('b', 'assay-software', 'served', { status: 302, code: null })
  story.row('c', 'assay-software', 'refused', { status: 500, code: 'internal_error' })
  expect(story.rows.map(({ actual }) => actual)).toEqual(['served', 'refused', 'refused'])
})

test.each([
  ['the code of the problem', new Response('{"code":"a"}', { status: 403 }), { status: 403, code: 'a' }],
  [
    'that of WWW-Authenticate',
    new Response('', { status: 401, headers: { 'www-authenticate': 'DPoP error="b"' } }),
    { status: 401, code: 'b' },
  ],
  ['none', new Response('x', { status: 404 }), { status: 404, code: null }],
  ['none for what is served', new Response('{"code":"a"}'), { status: 200, code: null }],
])('a row tells %s', async (_name, response, outcome) => {
  expect(await outcomeOf(response)).toEqual(outcome)
})
