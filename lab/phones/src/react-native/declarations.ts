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

/** The declarations of a release of React Native, and its `package.json`. @throws Error where npm does not serve it */
export async function declarationsOf(version: string): Promise<string> {
  return publishedFiles(`react-native@${version}`, ['*.d.ts', 'package.json'])
}

/**
 * A folder with some files of a package as npm serves it.
 *
 * @param spec name and exact version
 * @param patterns of paths, as `tar` matches them
 */
export async function publishedFiles(spec: string, patterns: readonly string[]): Promise<string> {
  const key = createHash('sha256').update(patterns.join()).digest('hex').slice(0, 8)
  const folder = path.join(cache, 'published', `${spec}-${key}`)
  if (existsSync(folder)) return folder
  await mkdir(path.dirname(folder), { recursive: true })
  const growing = await mkdtemp(`${folder}-`)
  try {
    const { stdout } = await run('npm', ['pack', spec, '--silent'], { cwd: growing })
    const wanted = patterns.map((pattern) => `package/${pattern}`)
    await run('tar', ['xzf', stdout.trim(), '--wildcards', ...wanted], { cwd: growing })
    await rename(path.join(growing, 'package'), folder)
  } finally {
    await rm(growing, { recursive: true, force: true })
  }
  return folder
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

/**
 * What the compiler has to say of an app that uses the package as it is published, of the package's declarations, and of the
 * specification of its module, over the declarations of a release and without those of DOM.
 *
 * @param folder of the release's declarations
 * @param app source of the app
 */
export function faultsOf(folder: string, app: string): readonly string[] {
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
  const entry = path.join(root, 'lab/phones/react-native/app.tsx')
  host.fileExists = (file) => file === entry || ts.sys.fileExists(file)
  host.getSourceFile = (file, target) => {
    if (file === entry) return ts.createSourceFile(file, app, target, true)
    if (!parsed.has(file)) parsed.set(file, read(file, target))
    return parsed.get(file)
  }
  const spec = path.join(packageFolder, 'src/spec/NativeAssay.ts')
  const adapters = ['axios', 'apollo'].map((name) => path.join(dist, name, 'index.d.ts'))
  const program = ts.createProgram({ rootNames: [entry, spec, ...adapters], options, host })
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName === entry || fileName.startsWith(packageFolder))
  return ours.flatMap((file) =>
    [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ start = 0, messageText }) => {
        const place = `${path.relative(root, file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}`
        return `${place}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
      },
    ),
  )
}
