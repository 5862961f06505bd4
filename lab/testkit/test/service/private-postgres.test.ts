import { afterAll, expect, it } from 'vitest'
import { startPostgres } from '../../src/service/private-postgres.ts'

const postgres = await startPostgres()

if (postgres === undefined) {
  console.log('not run: freezing PostgreSQL, which is not installed')
  it('needs PostgreSQL where everything is required', () => {
    expect(process.env['ASSAY_REQUIRE_ALL']).not.toBe('1')
  })
} else {
  afterAll(() => postgres.stop())

  it('answers again after it was frozen', () => {
    postgres.freeze()
    postgres.thaw()
    expect(postgres.ask('select 1')).toBe('1')
  })

  it('signals no process when it thaws without having been frozen', async () => {
    await postgres.kill()
    expect(() => postgres.thaw()).not.toThrow()
  })
}
