import { expect, it } from 'vitest'
import { historyRows } from '../../src/builds/build-history.ts'

const act = (action: string) => ({
  number: 1,
  at: '2026-12-01T00:00:00Z',
  key: 'k',
  key_name: 'pipeline',
  action,
})
const said = (...actions: string[]) => historyRows(actions.map(act)).map(([, what]) => what)

it('says that a build was registered twice only while it is there', () => {
  expect(said('build.add', 'build.add', 'build.activate')).toEqual([
    'registered',
    'registered again, by a key that vouches for it',
    'activated',
  ])
  expect(said('build.add', 'build.remove', 'build.add')).toEqual(['registered', 'removed', 'registered'])
})

it('shows an act that it does not know as the log has it', () => {
  expect(said('build.other')).toEqual(['build.other'])
})

it('says who did it, also without a key', () => {
  const rows = historyRows([act('build.add'), { ...act('build.retire'), key: null }])
  expect(rows.map(([, , by]) => by)).toEqual(['pipeline (k)', 'pipeline (at the machine itself)'])
})
