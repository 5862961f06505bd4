import { expect, test } from 'vitest'
import { createStory } from '../src/row/row.ts'
import { summary } from '../src/summary.ts'

test('the summary has one line a theme, says what came through without Assay, and what is wrong', () => {
  const story = createStory(
    () => undefined,
    () => '',
  )
  story.heading('Setting the stage')
  story.heading('A script')
  story.row('a', 'unprotected', 'served', { status: 200, code: null })
  story.row('b', 'assay-software', 'refused', { status: 401, code: 'TOKEN_MISSING' })
  story.heading('Another theme')
  story.row('c', 'assay-hardware', 'refused', { status: 200, code: null })
  expect(summary(story.rows)).toBe(
    [
      'A script        0 served,  1 refused, without Assay 1 served',
      'Another theme   1 served,  0 refused, 1 NOT AS IT SHOULD BE',
    ].join('\n'),
  )
})
