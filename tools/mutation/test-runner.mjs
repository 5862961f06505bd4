/**
 * A test runner for Stryker that loads the tests of a format once and carries them out in its own process: vitest's own
 * runner for Stryker starts every test file again for every mutant, and loses runs when it bails out (vitest 4.1).
 *
 * Tests may leave something behind. So a kill counts only among modules loaded afresh, or if the same test passes again
 * without the mutant; and a mutant survives only among modules loaded afresh.
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner'
import { createViteServer } from 'vitest/node'

const slowest = 20_000

class InProcessTestRunner {
  static inject = []
  #namespace = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {})
  #server
  #tests = []
  /** Milliseconds by test: the quick ones go first. */
  #times = new Map()
  #stale = true

  capabilities() {
    return { reloadEnvironment: true }
  }

  async init() {
    const conditions = ['@assay/source', 'node', 'import', 'module', 'default']
    this.#server = await createViteServer({
      configFile: false,
      root: process.cwd(),
      logLevel: 'error',
      server: { middlewareMode: true, watch: null, ws: false, hmr: false },
      optimizeDeps: { noDiscovery: true },
      environments: { ssr: { resolve: { conditions, noExternal: [/^@assay\//] } } },
      resolve: { alias: { vitest: path.resolve('tools/mutation/vitest-shim.mjs') } },
    })
  }

  async dryRun() {
    await this.#load()
    const tests = []
    for (const test of this.#tests) {
      this.#namespace.currentTestId = test.id
      const started = performance.now()
      const failure = await this.#carryOut(test)
      const timeSpentMs = performance.now() - started
      this.#namespace.currentTestId = undefined
      this.#times.set(test.id, timeSpentMs)
      const result = { id: test.id, name: test.id, fileName: test.file, timeSpentMs }
      tests.push(
        failure === undefined
          ? { ...result, status: TestStatus.Success }
          : { ...result, status: TestStatus.Failed, failureMessage: failure },
      )
    }
    return { status: DryRunStatus.Complete, tests, mutantCoverage: this.#namespace.mutantCoverage }
  }

  async mutantRun({ testFilter, hitLimit, activeMutant: { id }, mutantActivation }) {
    const isStatic = mutantActivation === 'static'
    if (isStatic) this.#stale = true
    for (;;) {
      const isFresh = this.#stale
      if (this.#stale) {
        const broken = await this.#load(isStatic ? id : undefined)
        if (broken !== undefined) return killed(['load'], broken, 0)
      }
      const outcome = await this.#tryMutant({ id, testFilter, hitLimit, isFresh })
      if (isStatic) this.#stale = true
      if (outcome !== undefined && (isFresh || outcome.status !== MutantRunStatus.Survived)) return outcome
      this.#stale = true
    }
  }

  /** @returns undefined if a test fails without the mutant as well, so that nothing can be said */
  async #tryMutant({ id, testFilter, hitLimit, isFresh }) {
    const ids = testFilter && new Set(testFilter)
    const timeOf = (test) => this.#times.get(test.id) ?? 0
    const chosen = this.#tests
      .filter((test) => ids === undefined || ids.has(test.id))
      .sort((a, b) => timeOf(a) - timeOf(b))
    let count = 0
    for (const test of chosen) {
      count++
      Object.assign(this.#namespace, { activeMutant: id, hitCount: 0, hitLimit })
      const failure = await this.#carryOut(test)
      const { hitCount } = this.#namespace
      Object.assign(this.#namespace, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined })
      if (hitLimit !== undefined && hitCount > hitLimit) {
        this.#stale = true
        return { status: MutantRunStatus.Timeout, reason: 'hit limit' }
      }
      if (failure === undefined) continue
      if (!isFresh && (await this.#carryOut(test)) !== undefined) return undefined
      return killed([test.id], failure, count)
    }
    return { status: MutantRunStatus.Survived, nrOfTests: count }
  }

  /** @returns what went wrong, if anything did */
  async #carryOut(test) {
    let timer
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error('the test takes too long')), slowest)
      })
      await Promise.race([test.run(), late])
      return undefined
    } catch (error) {
      return String(error?.message ?? error)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Evaluates sources and tests again, with the mutant if one is given. @returns what went wrong, if anything did */
  async #load(mutant) {
    const { runner } = this.#server.environments.ssr
    runner.clearCache()
    this.#namespace.activeMutant = mutant
    this.#tests = []
    try {
      const { collect } = await runner.import(path.resolve('tools/mutation/vitest-shim.mjs'))
      const folder = path.resolve('packages/verifier/evidence/test', process.env.ASSAY_MUTATED_FORMAT)
      const names = readdirSync(folder, { recursive: true }).filter(isCounted)
      for (const name of names.sort()) {
        const file = path.join(folder, name)
        const tests = await collect(() => runner.import(file))
        tests.forEach(({ title, run }, i) => this.#tests.push({ id: `${name} ${i} ${title}`, file, run }))
      }
      this.#stale = false
      return undefined
    } catch (error) {
      if (mutant === undefined) throw error
      return String(error?.message ?? error)
    } finally {
      this.#namespace.activeMutant = undefined
    }
  }

  async dispose() {
    await this.#server?.close()
  }
}

/** Tests of random bytes are slow, and what they find is chance. */
function isCounted(name) {
  return name.endsWith('.test.ts') && path.basename(name) !== 'hostile-input.test.ts'
}

function killed(killedBy, failureMessage, nrOfTests) {
  return { status: MutantRunStatus.Killed, killedBy, failureMessage, nrOfTests }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessTestRunner)]
