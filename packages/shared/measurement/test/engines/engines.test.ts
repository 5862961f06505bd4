import { describe, expect, it } from 'vitest'
import { nodeCrypto } from '../../src/node-crypto.ts'
import { engineCase } from './engine-case.ts'
import { engines, runOn } from './engines.ts'
import { carryOutTask } from './program.ts'

const { modules, task, check, differing } = await engineCase()

/** The registered modules with one text replaced in one of them. */
function patched(path: string, from: string, to: string): Map<string, string> {
  const text = modules.get(path)
  if (text === undefined || !text.includes(from)) throw new Error('the patch does not fit')
  return new Map(modules).set(path, text.replace(from, to))
}

describe.each(engines)('$name', (engine) => {
  const executable = engine.find()
  if (executable === undefined) console.log(`not run: measurement on ${engine.name}, which is not installed`)

  /** `undefined` where the engine is not on this machine. */
  async function outcomeOf(loaded: ReadonlyMap<string, string>) {
    if (executable !== undefined) return runOn(engine, executable, loaded, task)
    if (engine.required && process.env.ASSAY_REQUIRE_ALL === '1') {
      throw new Error(`${engine.name} is not installed`)
    }
    return undefined
  }

  const live = engine.showsSource ? 'shown' : 'absent'

  it(`P4: gives the answer that the Verifier expects, the source of its functions ${live}`, async () => {
    const outcome = await outcomeOf(modules)
    if (outcome === undefined) return
    expect(outcome).toMatchObject({ live })
    expect(check(outcome)).toEqual({ matches: true, live })
    expect(differing(outcome).filter((name) => !name.startsWith('live:') || engine.showsSource)).toEqual([])
  })

  const seen = engine.showsSource ? 'is seen' : 'is not seen, and the result says that source is absent,'
  it(`${seen} when one function is patched in memory while the code that is read is pristine`, async () => {
    const outcome = await outcomeOf(
      patched('measurement/src/plan/check-plan-fits.js', 'build === expected.build', 'build === build'),
    )
    if (outcome === undefined) return
    expect(check(outcome)).toEqual(engine.showsSource ? { matches: false } : { matches: true, live })
    if (engine.showsSource) expect(differing(outcome)).toEqual(['live:check-plan-fits'])
  })

  it('is seen by what it does when a function that is exercised lets through what it should not', async () => {
    const outcome = await outcomeOf(
      patched(
        'measurement/src/exercises/exercises.js',
        "'refusal.1': (input, plan) =>",
        "'refusal.1': () => new Uint8Array(0), 'x': (input, plan) =>",
      ),
    )
    if (outcome === undefined) return
    expect(check(outcome)).toEqual({ matches: false })
  })
})

describe('what the live-code step does not see', () => {
  it('a patch of the function that shows the source, together with one of what it shows', async () => {
    const genuine = modules.get('measurement/src/plan/check-plan-fits.js') as string
    const from = genuine.indexOf('function (', genuine.indexOf('assay:live:check-plan-fits'))
    const shown = JSON.stringify(genuine.slice(from, genuine.indexOf('\n});', from) + 2))
    const patch = patched('measurement/src/plan/check-plan-fits.js', 'build === expected.build', 'true')
    const liar = (modules.get('measurement/src/live/show-functions.js') as string).replace(
      'sourceOf(functions[name])',
      `name === 'check-plan-fits' ? ${shown} : sourceOf(functions[name])`,
    )
    const [node] = engines
    const outcome = await runOn(
      node as (typeof engines)[number],
      process.execPath,
      patch.set('measurement/src/live/show-functions.js', liar),
      task,
    )
    expect(check(outcome)).toEqual({ matches: true, live: 'shown' })
  })

  it('anything at all when the engine shows no source; then the result says absent, not shown', async () => {
    const original = Object.getOwnPropertyDescriptor(Function.prototype, 'toString') as PropertyDescriptor
    try {
      Function.prototype.toString = () => 'function f() { [bytecode] }'
      const outcome = await carryOutTask(task, nodeCrypto)
      expect(outcome.live).toBe('absent')
      expect(check(outcome)).toEqual({ matches: true, live: 'absent' })
    } finally {
      Object.defineProperty(Function.prototype, 'toString', original)
    }
  })
})
