import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { cache, packageFolder, root } from './tools.ts'

/** The last release of each minor version that the package supports. */
export const reactNativeVersions = [
  '0.76.9',
  '0.77.3',
  '0.78.3',
  '0.79.7',
  '0.80.3',
  '0.81.6',
  '0.82.1',
  '0.83.10',
  '0.84.1',
  '0.85.3',
  '0.86.3',
  '0.87.1',
  '0.88.1',
] as const

const run = promisify(execFile)

/** The declarations of releases of React Native, with their `package.json`. @throws Error where npm does not serve one */
export async function declarationsOf(versions: readonly string[]): Promise<readonly string[]> {
  return publishedFiles(
    versions.map((version) => `react-native@${version}`),
    ['*.d.ts', 'package.json'],
  )
}

/**
 * Folders with some files of packages as npm serves them. One npm gets all that are not there yet: starting it takes as
 * long as a package.
 *
 * @param specs names and exact versions
 * @param patterns of paths, as `tar` matches them
 */
export async function publishedFiles(
  specs: readonly string[],
  patterns: readonly string[],
): Promise<readonly string[]> {
  const key = createHash('sha256').update(patterns.join()).digest('hex').slice(0, 8)
  const published = path.join(cache, 'published')
  const folderOf = (spec: string) => path.join(published, `${spec}-${key}`)
  const lacking = specs.filter((spec) => !existsSync(folderOf(spec)))
  if (lacking.length > 0) {
    await mkdir(published, { recursive: true })
    const growing = await mkdtemp(path.join(published, 'growing-'))
    try {
      const { stdout } = await run('npm', ['pack', ...lacking, '--silent'], { cwd: growing })
      const wanted = patterns.map((pattern) => `package/${pattern}`)
      // npm names the files in the order of the specs.
      for (const [i, file] of stdout.trim().split('\n').entries()) {
        await run('tar', ['xzf', file, '--wildcards', ...wanted], { cwd: growing })
        await rename(path.join(growing, 'package'), folderOf(lacking[i] as string))
      }
    } finally {
      await rm(growing, { recursive: true, force: true })
    }
  }
  return specs.map(folderOf)
}

const parsed = new Map<string, ts.SourceFile | undefined>()

/** The declarations that an app sees which imports `react-native`. */
function entryOf(folder: string): string {
  const { types, exports } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    types?: string
    exports?: { '.'?: { types?: string } }
  }
  return path.join(folder, exports?.['.']?.types ?? types ?? 'index.d.ts')
}

/** What the compiler has to say. */
export interface Faults {
  /** Of the package's declarations, and of the specification of its module. */
  readonly ofPackage: readonly string[]
  /** Of each app. */
  readonly ofApps: readonly (readonly string[])[]
}

/**
 * Checks apps that use the package as it is published, over the declarations of a release and without those of DOM. The
 * compiler reads these once for all apps.
 *
 * @param folder of the release's declarations
 * @param apps their sources
 */
export function faultsOf(folder: string, apps: readonly string[]): Faults {
  const dist = path.join(packageFolder, 'dist')
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    // Only the package's own declarations are checked, below.
    skipLibCheck: false,
    jsx: ts.JsxEmit.ReactJSX,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    types: [],
    paths: { 'react-native': [entryOf(folder)], '@assay/react-native': [path.join(dist, 'index.d.ts')] },
  }
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  const entries = new Map(
    apps.map((app, i) => [path.join(root, `lab/phones/react-native/app-${i}.tsx`), app]),
  )
  host.fileExists = (file) => entries.has(file) || ts.sys.fileExists(file)
  host.getSourceFile = (file, target) => {
    const app = entries.get(file)
    if (app !== undefined) return ts.createSourceFile(file, app, target, true)
    if (!parsed.has(file)) parsed.set(file, read(file, target))
    return parsed.get(file)
  }
  const spec = path.join(packageFolder, 'src/spec/NativeAssay.ts')
  const adapters = ['axios', 'apollo'].map((name) => path.join(dist, name, 'index.d.ts'))
  const program = ts.createProgram({ rootNames: [...entries.keys(), spec, ...adapters], options, host })
  const faultsIn = (file: ts.SourceFile) =>
    [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ start = 0, messageText }) => {
        const place = `${path.relative(root, file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}`
        return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
      },
    )
  const faultsBelow = (place: string) =>
    program
      .getSourceFiles()
      .filter(({ fileName }) => fileName.startsWith(place))
      .flatMap(faultsIn)
  return { ofPackage: faultsBelow(packageFolder), ofApps: [...entries.keys()].map(faultsBelow) }
}
