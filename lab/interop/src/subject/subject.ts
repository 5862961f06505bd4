import { installed, NotInstalled } from '../../../../tools/installed.mjs'
import { nodeProgram } from '../../../../tools/other-node.mjs'
import { rememberProcess } from './process-state.ts'

/** The outcome of one case. */
export interface CaseResult {
  readonly name: string
  /** The fault; `undefined` if there was none. */
  readonly fault?: string | undefined
  /** Why it was not run. */
  readonly skipped?: string | undefined
  /** Why it says nothing about this subject, on any machine. */
  readonly leftOut?: string | undefined
}

/** A subject of the suite: a runtime, an SDK, a gateway, an authorization server. */
export interface Subject {
  /** Kind and name with a version where there are several, as `guard:node-22` or `sdk:android`. Never changed. */
  readonly id: string
  /** Loads packages that bring globals of their own, before the process is remembered. */
  load?(): Promise<unknown>
  /**
   * @param withoutTested leaves out the cases that `npm run test:all` runs as well
   * @throws NotRun if the machine lacks what the subject needs
   */
  run(withoutTested: boolean): Promise<readonly CaseResult[]>
}

/** The machine lacks what a subject needs. */
export class NotRun extends Error {
  override readonly name = 'NotRun'
}

/** One line of the result. */
export interface Row {
  readonly subject: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** The outcome of a subject, and remarks about it. */
export interface Outcome {
  readonly row: Row
  /** One line per case that failed or was not run. */
  readonly remarks: readonly string[]
}

/** Runs a subject. One that throws, runs no case, or changes this process for the next has failed. */
export async function runSubject({ id, load, run }: Subject, withoutTested = false): Promise<Outcome> {
  await load?.()
  const changesOf = rememberProcess()
  const results = await resultsOf(() => run(withoutTested))
  const changes = await changesOf()
  const fault =
    changes.length === 0 ? [] : [{ name: 'leaves the process as it was', fault: changes.join(', ') }]
  return outcomeOf(id, [...results, ...fault])
}

async function resultsOf(run: () => Promise<readonly CaseResult[]>): Promise<readonly CaseResult[]> {
  try {
    const results = await run()
    // A suite that is empty by mistake must not pass.
    return results.length === 0 ? [{ name: 'all', fault: 'no case was run' }] : results
  } catch (error) {
    if (error instanceof NotRun) return [{ name: 'all', skipped: error.message }]
    return [{ name: 'all', fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }]
  }
}

function outcomeOf(subject: string, results: readonly CaseResult[]): Outcome {
  const failed = results.filter(({ fault }) => fault !== undefined)
  const leftOut = results.filter((each) => each.fault === undefined && each.leftOut !== undefined)
  const skipped = results.filter((each) => each.fault === undefined && each.skipped !== undefined)
  return {
    row: {
      subject,
      passed: results.length - failed.length - skipped.length - leftOut.length,
      failed: failed.length,
      skipped: skipped.length,
    },
    remarks: [
      ...failed.map(({ name, fault }) => `${subject}: ${name}: ${fault}`),
      ...leftOut.map(({ name, leftOut: reason }) => `left out: ${subject}: ${name}: ${reason}`),
      ...(leftOut.length === 0 ? [] : [`left out: ${subject}: ${leftOut.length} cases`]),
      ...skipped.map(({ name, skipped: reason }) => `not run: ${subject}: ${name}: ${reason}`),
    ],
  }
}

/** The folder of packages at exact versions, outside the workspaces. @throws NotRun where they are not available */
export function install(name: string, dependencies: Readonly<Record<string, string>>): Promise<string> {
  return installed(name, dependencies).catch(notRun)
}

/** The program of a Node of this major. @throws NotRun where it is not available */
export function nodeOf(major: 20 | 22 | 24 | 26): Promise<string> {
  return nodeProgram(major).catch(notRun)
}

function notRun(error: unknown): never {
  throw error instanceof NotInstalled ? new NotRun(error.message) : error
}
