import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { WebBuildError } from './web-build-error.ts'

/**
 * How the build is registered: like `assay build add`, by the CLI that is installed in the project. The address of the
 * service and the API key are in the environment (`ASSAY_URL`, `ASSAY_API_KEY` or `ASSAY_API_KEY_FILE`), and never in
 * the configuration.
 */
export interface RegisterOptions {
  app: string
  /** File with the private key with which the pipeline signs what it has built (`assay key add --provenance`). */
  provenanceKey: string
  /** Its place in the order of the app's versions. */
  versionCode?: number
  /** More options of `assay build add`, such as `['--wait']`. */
  more?: readonly string[]
}

export interface BuiltFolder {
  folder: string
  build: string
  /** As in the options. */
  coverage?: 'image' | 'entry' | undefined
  /** Folder of the project, which has the CLI. */
  project: string
}

/**
 * @returns the warnings of the CLI
 * @throws WebBuildError with the code of the CLI or of the service; `CLI_NOT_INSTALLED`
 */
export async function registerBuild(
  { folder, build, project, coverage }: BuiltFolder,
  { app, provenanceKey, versionCode, more = [] }: RegisterOptions,
): Promise<string> {
  const program = await findCli(project)
  const place = versionCode === undefined ? [] : ['--version-code', String(versionCode)]
  const covered = coverage === undefined ? [] : ['--coverage', coverage]
  const signed = ['--provenance-key', provenanceKey]
  return runNode([
    program,
    'build',
    'add',
    folder,
    '--app',
    app,
    '--id',
    build,
    ...place,
    ...covered,
    ...signed,
    ...more,
    '--json',
  ])
}

async function findCli(project: string): Promise<string> {
  try {
    const manifest = createRequire(path.join(project, 'package.json')).resolve('@assay/cli/package.json')
    const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: { assay: string } }
    return path.join(path.dirname(manifest), bin.assay)
  } catch (cause) {
    throw new WebBuildError('CLI_NOT_INSTALLED', '`register` needs @assay/cli in the project', { cause })
  }
}

/** The warnings that it printed. */
function runNode(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (fault, _stdout, stderr) => {
      if (fault === null) resolve(stderr)
      else reject(refusal(stderr, fault))
    })
  })
}

/** The last line of the CLI's output is its error, as JSON. */
function refusal(stderr: string, cause: Error): WebBuildError {
  try {
    const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as {
      error: { code: string; message: string; hint?: string }
    }
    return new WebBuildError(
      error.code,
      `the build is not registered: ${error.message}. ${error.hint ?? ''}`.trim(),
    )
  } catch {
    return new WebBuildError('CLI_FAULT', 'the build is not registered: the CLI failed', { cause })
  }
}
