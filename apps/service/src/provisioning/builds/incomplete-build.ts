import type { BuildWarning } from '@assay/protocol'
import type { Build } from '@assay/protocol/schemas'
import type { BuildStore, CodePlace } from '../model/ports.ts'

/**
 * Whether a build has less than what is registered already: code that another build of its version code has, or an SDK.
 * A part of an app can be signed by its owner like the whole, and whoever registers only the part chooses what is
 * measured. Variants for other devices are not less: of a native library, one ABI that the build has is enough.
 *
 * Scripts of web builds have other names in every build, so those are not compared by name.
 */
export async function missingFrom(
  build: Pick<Build, 'app' | 'format' | 'segments' | 'sdk' | 'version_code'>,
  builds: Pick<BuildStore, 'listCode' | 'hasSdk'>,
): Promise<BuildWarning[]> {
  const warnings: BuildWarning[] = []
  const others = build.format === 'web' ? [] : await builds.listCode(build.app, build.version_code)
  if (lacksCode(build, others)) warnings.push('code_missing')
  if (build.sdk === null && (await builds.hasSdk(build.app))) warnings.push('sdk_missing')
  return warnings
}

/** Whether the build lacks code that is in one of the places. */
export function lacksCode(
  { format, segments }: Pick<Build, 'format' | 'segments'>,
  others: readonly CodePlace[],
): boolean {
  const own = new Set(segments.map(({ name }) => pathOf({ format, name })))
  const libraries = [...own].flatMap((path) => libraryIn(path) ?? [])
  const abis = new Set(libraries.map(({ module, abi }) => `${module}/${abi}`))
  const anyAbi = new Set(libraries.map(({ module, file }) => `${module}/${file}`))
  return others.some((other) => {
    const path = pathOf(other)
    if (own.has(path)) return false
    const library = libraryIn(path)
    if (library === undefined || abis.has(`${library.module}/${library.abi}`)) return true
    return !anyAbi.has(`${library.module}/${library.file}`)
  })
}

/** As it would be in a whole APK: what comes in splits has the names of modules before its paths. */
function pathOf({ format, name }: CodePlace): string {
  return format === 'aab' || format === 'apks' ? name.replace(/^base\//, '') : name
}

function libraryIn(path: string): { module: string; abi: string; file: string } | undefined {
  const [, module = '', abi, file] = /^(?:([^/]+)\/)?lib\/([^/]+)\/(.+)$/.exec(path) ?? []
  return abi === undefined || file === undefined ? undefined : { module, abi, file }
}
