import { describe, expect, it } from 'vitest'
import { createAssayOver } from '../../src/assay/assay.ts'
import { idle, options, refusalOf, setWorld } from '../fake/world.ts'

const crossed = ({ calls }: Pick<ReturnType<typeof setWorld>, 'calls'>) =>
  calls.map(({ method, request }) =>
    method === 'setReference' ? [method, request['handle'], request['reference']] : [method],
  )

describe('a reference', () => {
  it('makes no client, and reaches it before the first call', async () => {
    const world = setWorld()
    world.assay.setReference('customer 4711')
    await idle()
    expect(world.calls).toEqual([])
    await world.assay.getToken()
    expect(crossed(world)).toEqual([['create'], ['setReference', 'h1', 'customer 4711'], ['getToken']])
  })

  it('reaches a client that is there before the next call, and null takes it away', async () => {
    const world = setWorld()
    await world.assay.getToken()
    world.assay.setReference('customer 4711')
    world.assay.setReference(undefined)
    await world.assay.getToken()
    expect(crossed(world)).toEqual([
      ['create'],
      ['getToken'],
      ['setReference', 'h1', 'customer 4711'],
      ['setReference', 'h1', null],
      ['getToken'],
    ])
  })

  it('is given to the client that takes the place of a lost one', async () => {
    const world = setWorld()
    world.assay.setReference('customer 4711')
    await world.assay.getToken()
    let isLost = true
    const { getToken } = world.answers
    world.answers.getToken = () => (isLost ? ((isLost = false), { stale: true }) : (getToken as object))
    await world.assay.getToken()
    expect(crossed(world).filter(([method]) => method === 'setReference')).toEqual([
      ['setReference', 'h1', 'customer 4711'],
      ['setReference', 'h2', 'customer 4711'],
    ])
  })

  it('that a native part of another release does not take has no consequence', async () => {
    const { native } = setWorld()
    const older = { ...native, setReference: undefined as never }
    const assay = createAssayOver(older, options, { fetch, now: () => 0, warn: undefined })
    assay.setReference('customer 4711')
    await assay.getToken()
    assay.close()
  })

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['more than 128 bytes', `${'\u00e9'.repeat(64)}a`],
    ['a line end', 'a\n'],
    ['a control character beyond ASCII', 'a\u0085'],
    ['half a surrogate pair', 'a\ud83d'],
    ['a number', 4711],
    ['null', null],
  ])('is misuse with %s', async (_name, wrong) => {
    const world = setWorld()
    world.assay.setReference('\u{1f600}'.repeat(32))
    expect(() => world.assay.setReference(wrong as string)).toThrow('reference: missing or wrong')
    await world.assay.getToken()
    expect(crossed(world)[1]).toEqual(['setReference', 'h1', '\u{1f600}'.repeat(32)])
  })
})

describe('a remedy', () => {
  it.each<[unknown, unknown]>([
    [{ kind: 'update_app' }, { kind: 'update_app' }],
    [
      { kind: 'play_dialog', typeCode: 3 },
      { kind: 'play_dialog', typeCode: 3 },
    ],
    [{ kind: 'pray' }, undefined],
    [{ kind: 'constructor' }, undefined],
    [{ kind: 'play_dialog' }, undefined],
    [{ kind: 'play_dialog', typeCode: 4 }, undefined],
    [{ kind: 'update_app', typeCode: 1 }, undefined],
    [{ kind: ['update_app'] }, undefined],
    ['update_app', undefined],
    [null, undefined],
  ])('that the native part reports as %j is %j in the error', async (reported, remedy) => {
    const { assay, answers } = setWorld()
    answers.getToken = { error: { code: 'attestation_denied', trace: 'T', remedy: reported } }
    expect(await refusalOf(assay.getToken())).toMatchObject({ code: 'attestation_denied', remedy })
  })

  it('is in the event of a denial, too', async () => {
    const { assay, emit } = setWorld()
    await assay.getToken()
    const events: unknown[] = []
    assay.on((event) => events.push(event))
    const error = { code: 'attestation_denied', trace: 'T', remedy: { kind: 'update_os' } }
    emit({ handle: 'h1', state: 'denied', name: 'denied', error })
    await idle()
    expect(events).toMatchObject([
      { name: 'denied', error: { remedy: { kind: 'update_os' } }, remedy: { kind: 'update_os' } },
    ])
  })
})
