import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { installed, NotInstalled } from '../../../../tools/installed.mjs'
import { alone, buildAndroid, isBuilt, missingTool, othersHaveBuilt } from '../android/tools.ts'
import type { ProgramCommand } from '../program/phone-program.ts'
import { unlessBuiltBefore } from './built-before.ts'
import { bundleOf } from './bundle.ts'

export const root = path.resolve(import.meta.dirname, '../../../..')
export const cache = path.join(root, 'node_modules/.cache/assay-react-native')
export const packageFolder = path.join(root, 'packages/attester/react-native')
const androidFolder = path.join(packageFolder, 'android')
const sdkFolder = path.join(root, 'packages/attester/android')

/** The newest release of which Maven Central has the classes, and the newest of npm. */
const reactAndroid = '0.87.1'
const packages = {
  '@react-native/codegen': '0.88.1',
  '@react-native/metro-babel-transformer': '0.88.1',
  '@react-native/metro-config': '0.88.1',
  'hermes-compiler': '260318099.0.8',
  'hermes-engine-cli': '0.12.0',
  react: '19.3.1',
  'react-native': '0.88.1',
  'react-test-renderer': '19.3.1',
  'whatwg-fetch': '3.6.20',
}

/** Id of the update over the air. */
export const updateId = '1.0.r2'

/** The tools to run an app's JavaScript in Hermes over the native part on a JVM. */
export interface ReactNativeTools {
  /** Folder of the packages that were installed. */
  readonly folder: string
  /** The app's bundle, as Metro writes it. */
  readonly bundle: string
  /** The same as an update over the air brings it: it says of which build it is. */
  readonly update: string
  readonly hermes: string
  /** By what the VM understands (bytecode version 89), and by what React Native 0.88 ships. */
  readonly compilers: { readonly ofVm: string; readonly newest: string }
  /** Starts a process of the app. */
  readonly program: ProgramCommand
  /** Answers the shared vectors through the bridge. */
  readonly vectorRunner: ProgramCommand
}

export type ReactNativeBuild = ReactNativeTools | { readonly missing: string }

/** Installs, generates, bundles and compiles what is not there yet. @throws Error where something does not build */
export async function buildReactNative(): Promise<ReactNativeBuild> {
  const missing = missingTool()
  if (missing !== undefined) return { missing }
  let folder: string
  try {
    folder = await installed('react-native', packages)
  } catch (error) {
    if (error instanceof NotInstalled) return { missing: error.message }
    throw error
  }
  await othersHaveBuilt()
  if (!isBuilt()) {
    const { failed, log } = await buildAndroid(['-DskipTests'])
    if (failed > 0) throw new Error(log)
  }
  const bundle = path.join(cache, 'app.js')
  const update = path.join(cache, 'update.js')
  const outputs = [bundle, update, path.join(androidFolder, 'target/classpath')]
  const building = unlessBuiltBefore(path.join(cache, 'built-of'), inputs, outputs)
  if (building !== undefined) {
    await buildHost(folder)
    await bundleOf(folder, root, bundle)
    await bundleOf(folder, root, update, { build: updateId })
    building.remember()
  }
  const bin = (name: string, file: string) => path.join(folder, 'node_modules', name, file)
  const hermes = bin('hermes-engine-cli', 'linux64-bin/hermes')
  const program = await javaCommand('host.HostKt', { hermes, bundle })
  return {
    folder,
    bundle,
    update,
    hermes,
    compilers: {
      ofVm: bin('hermes-engine-cli', 'linux64-bin/hermesc'),
      newest: bin('hermes-compiler', 'hermesc/linux64-bin/hermesc'),
    },
    program,
    vectorRunner: await javaCommand('host.VectorsKt', { hermes, bundle }),
  }
}

/** Everything that the native part and the bundles are made of, but for what is installed at exact versions. */
const inputs = {
  folders: ['packages/attester', 'packages/shared', 'examples', 'lab/phones/react-native'].map((folder) =>
    path.join(root, folder),
  ),
  versions: { ...packages, reactAndroid, updateId, bundle: bundleOf.toString() },
}

/** Compiles the native part, and its host on a JVM. @param folder where codegen is installed */
async function buildHost(folder: string): Promise<void> {
  const classes = await reactClasses()
  const spec = await writeSpec(folder)
  const tests = path.join(cache, 'core-tests.jar')
  await run('jar', ['cf', tests, '-C', path.join(sdkFolder, 'core/target/test-classes'), '.'], cache)
  await maven([
    `-Dreact.classes=${classes}`,
    `-Dspec.sources=${path.join(spec, 'java')}`,
    `-Dcore.tests=${tests}`,
    'package',
  ])
}

/** React Native's classes for Android, out of 170 MB for four processors. */
async function reactClasses(): Promise<string> {
  const folder = path.join(cache, reactAndroid)
  const target = path.join(folder, 'classes.jar')
  if (existsSync(target)) return target
  await mkdir(folder, { recursive: true })
  const artifact = `com.facebook.react:react-android:${reactAndroid}:aar:release`
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy'
  await run(
    'mvn',
    ['--batch-mode', '--quiet', copy, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`],
    folder,
  )
  const growing = path.join(folder, 'unpacked')
  await mkdir(growing, { recursive: true })
  const archive = path.join(folder, `react-android-${reactAndroid}-release.aar`)
  await run('jar', ['xf', archive, 'classes.jar'], growing)
  await rename(path.join(growing, 'classes.jar'), target)
  await rm(archive)
  return target
}

/** The spec, as codegen makes it for both platforms. @returns the folder with `java` and `RNAssaySpec` */
export async function writeSpec(folder: string): Promise<string> {
  const load = createRequire(path.join(folder, 'package.json'))
  const { TypeScriptParser } = load('@react-native/codegen/lib/parsers/typescript/parser.js') as {
    TypeScriptParser: new () => { parseFile(file: string): object }
  }
  const { generate } = load('@react-native/codegen/lib/generators/RNCodegen.js') as {
    generate(what: object, how: object): void
  }
  const manifest = JSON.parse(await readFile(path.join(packageFolder, 'package.json'), 'utf8')) as {
    codegenConfig: { name: string; jsSrcsDir: string; android: { javaPackageName: string } }
  }
  const { name, jsSrcsDir, android } = manifest.codegenConfig
  const outputDirectory = path.join(cache, 'spec')
  generate(
    {
      libraryName: name,
      schema: new TypeScriptParser().parseFile(path.join(packageFolder, jsSrcsDir, 'NativeAssay.ts')),
      outputDirectory,
      packageName: android.javaPackageName,
      assumeNonnull: true,
      useLocalIncludePaths: true,
    },
    { generators: ['modulesAndroid', 'modulesIOS'] },
  )
  return outputDirectory
}

async function maven(args: readonly string[]): Promise<void> {
  // The compiler's daemon remembers the inside of JARs, and another test may build the Android SDK's anew meanwhile.
  const quiet = ['--batch-mode', '--no-transfer-progress', '--quiet', '-Dkotlin.compiler.daemon=false']
  const always = [...quiet, ...args]
  try {
    await run(...alone('mvn', ['--offline', ...always]), androidFolder)
  } catch (error) {
    if (!/offline mode|has not been downloaded/.test(String(error))) throw error
    await run(...alone('mvn', always), androidFolder)
  }
}

async function javaCommand(
  main: string,
  { hermes, bundle }: { hermes: string; bundle: string },
): Promise<ProgramCommand> {
  const target = path.join(androidFolder, 'target')
  const others = await readFile(path.join(target, 'classpath'), 'utf8')
  const classes = ['classes', 'test-classes'].map((each) => path.join(target, each))
  const classpath = [...classes, others.trim()].join(path.delimiter)
  // The same file for both, so that a command line stays readable.
  const options = path.join(cache, `${main}.options`)
  // Each phone keeps what it inflated of its app, and one process holds the phones of all scenarios.
  await writeFile(
    options,
    `-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx768m -Dassay.hermes="${hermes}" -Dassay.bundle="${bundle}" -cp "${classpath}"`,
  )
  return { command: 'java', args: [`@${options}`, `dev.assay.reactnative.${main}`] }
}

async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  }
  const status = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1))
    child.once('close', (code) => resolve(code ?? 1))
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${printed.slice(-6000)}`)
}
