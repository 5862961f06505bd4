import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { ProgramCommand } from '../program/phone-program.ts'
import { undocumentedByDokka } from './undocumented.ts'

export const androidFolder = path.resolve(import.meta.dirname, '../../../../packages/attester/android')

/** Why this machine cannot build the Android SDK; `undefined` if it can. */
export function missingTool(): string | undefined {
  const version = spawnSync('mvn', ['--version'], { encoding: 'utf8' })
  if (version.error !== undefined || version.status !== 0) return 'there is no Maven with a JDK'
  const java = Number(/Java version: (\d+)/.exec(version.stdout)?.[1])
  return java >= 17 ? undefined : `Maven's JDK is ${java}, and 17 is wanted`
}

/** The outcome of a build. */
export interface BuildOutcome {
  readonly passed: number
  readonly failed: number
  /** The end of its output, if it failed. */
  readonly log: string
  /** Public declarations that Dokka found without KDoc; it looks with the profile `release` only. */
  readonly undocumented: readonly string[]
}

/**
 * Compiles, tests and packs all modules in one invocation of Maven: from its cache where it holds everything, unless
 * `isOnline`, which bills of materials need.
 */
export async function buildAndroid(
  args: readonly string[] = [],
  { isOnline = false }: { readonly isOnline?: boolean } = {},
): Promise<BuildOutcome> {
  const first = await maven([...(isOnline ? [] : ['--offline']), ...args])
  // Maven reports missing packages at once, before it compiles anything.
  const isLacking = !isOnline && /offline mode|has not been downloaded/.test(first.printed)
  const outcome = isLacking ? await maven(args) : first
  const runs = [
    ...outcome.printed.matchAll(/Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: \d+$/gm),
  ]
  const sum = (group: number) => runs.reduce((total, run) => total + Number(run[group]), 0)
  const failed = sum(2) + sum(3) + (outcome.status === 0 ? 0 : 1)
  return {
    passed: sum(1) - sum(2) - sum(3),
    failed,
    log: failed === 0 ? '' : outcome.printed.slice(-6000),
    undocumented: undocumentedByDokka(outcome.printed),
  }
}

/**
 * A command that waits until no other build of the SDKs is under way in this checkout: two would write the same files. Where
 * `flock` is missing, it does not wait.
 */
export function alone(command: string, args: readonly string[]): [command: string, args: string[]] {
  if (!existsSync('/usr/bin/flock')) return [command, [...args]]
  mkdirSync(path.dirname(lockFile), { recursive: true })
  // Closed for the command: the compiler's daemon outlives it, and would keep the lock.
  return ['/usr/bin/flock', ['--close', lockFile, command, ...args]]
}

const lockFile = path.resolve(import.meta.dirname, '../../../../node_modules/.cache/assay-maven.lock')

/** Waits for a build that is under way. */
export function othersHaveBuilt(): Promise<unknown> {
  return once(spawn(...alone('true', [])), 'close')
}

async function maven(args: readonly string[]): Promise<{ status: number; printed: string }> {
  const options = ['--batch-mode', '--no-transfer-progress', ...args, 'package']
  const child = spawn(...alone('mvn', options), { cwd: androidFolder })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  }
  const status = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1))
    child.once('close', (code) => resolve(code ?? 1))
  })
  return { status, printed }
}

/** Whether the modules have been built, of the sources as they are. */
export function isBuilt(): boolean {
  const last = path.join(androidFolder, 'phone/target/classpath')
  if (!existsSync(last)) return false
  const { mtimeMs } = statSync(last)
  return readdirSync(androidFolder, { recursive: true, withFileTypes: true }).every(
    (each) =>
      !each.isFile() ||
      !/\/src\//.test(`${each.parentPath}/`) ||
      statSync(path.join(each.parentPath, each.name)).mtimeMs <= mtimeMs,
  )
}

/** Starts phones with the SDK's core, OkHttp adapter and simulated hardware. Only where {@link isBuilt}. */
export async function phoneCommand(): Promise<ProgramCommand> {
  // The sample has the recipes of the guides.
  const modules = ['core', 'okhttp', 'sample', 'phone']
  return javaCommand(
    modules.map((module) => `${module}/target/classes`),
    { main: 'phone.PhoneProgramKt' },
  )
}

/**
 * Starts the program that measures exchanges: `APK FOLDER`. Only where {@link isBuilt}.
 *
 * @param heap size of the whole heap in megabytes
 */
export async function benchCommand(
  apk: string,
  folder: string,
  heap: number,
  program: 'BenchProgram' | 'LargeAppProgram' = 'BenchProgram',
): Promise<ProgramCommand> {
  const { command, args } = await javaCommand(['core/target/classes', 'phone/target/classes'], {
    main: `phone.${program}Kt`,
    options: [`-Xmx${heap}m`, '-XX:+UseSerialGC'],
  })
  return { command, args: [...args, apk, folder] }
}

/**
 * Starts the runner of the shared vectors. Only where {@link isBuilt}.
 *
 * @param core classes of the core: as they were compiled, or a JAR as it is published
 */
export async function vectorRunner(core = 'core/target/classes'): Promise<ProgramCommand> {
  const okhttp = ['okhttp/target/classes', 'okhttp/target/test-classes']
  return javaCommand([core, 'core/target/test-classes', ...okhttp], {
    main: 'okhttp.VectorRunnerKt',
    module: 'okhttp',
  })
}

/** Copies a JAR as it is published. @throws Error where the copying program fails */
export async function slimJar(source: string, target: string): Promise<void> {
  const { command, args } = await javaCommand(['packing/target/classes'], {
    main: 'packing.SlimJarKt',
    module: 'packing',
  })
  await promisify(execFile)(command, [...args, source, target])
}

/** Runs a program of a library that the module `packing` asks for, in a folder. @throws Error where it fails */
export async function runLibrary(main: string, args: readonly string[], cwd: string): Promise<void> {
  const classpath = await librariesOf('packing')
  const options = [...shortLived.filter((each) => !each.startsWith('-Xmx')), '-Xmx1g']
  await promisify(execFile)('java', [...options, '-cp', classpath, main, ...args], {
    cwd,
    maxBuffer: 1 << 26,
  })
}

/** A library that a module is compiled against, by the name of its file. */
export async function libraryOf(module: string, name: RegExp): Promise<string> {
  const all = (await librariesOf(module)).split(path.delimiter)
  const found = all.find((each) => name.test(path.basename(each)))
  if (found === undefined) throw new Error(`${module} has no library that matches ${String(name)}`)
  return found
}

async function librariesOf(module: string): Promise<string> {
  return (await readFile(path.join(androidFolder, module, 'target/classpath'), 'utf8')).trim()
}

interface JavaProgram {
  /** Name of its main class, in `dev.assay`. */
  readonly main: string
  /** Whose `target/classpath` names the libraries. */
  readonly module?: string
  readonly options?: readonly string[]
}

// In a short-lived program the second compiler and a second collector thread cost more than they save.
const shortLived = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m']

async function javaCommand(
  classes: readonly string[],
  { main, module = 'phone', options = shortLived }: JavaProgram,
): Promise<ProgramCommand> {
  const classpath = [
    ...classes.map((each) => path.resolve(androidFolder, each)),
    await librariesOf(module),
  ].join(path.delimiter)
  return { command: 'java', args: [...options, '-cp', classpath, `dev.assay.${main}`] }
}
