import { createRequire } from 'node:module'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { withAssay } from '@assay/react-native/metro'

interface Resolution {
  readonly type: 'sourceFile'
  readonly filePath: string
}

interface Context {
  readonly originModulePath: string
  resolveRequest(context: Context, name: string, platform: string | null): Resolution
}

interface Metro {
  loadConfig(where: object, how: object): Promise<object>
  runBuild(config: object, what: object): Promise<unknown>
}

interface BundleOptions {
  readonly entry?: string
  readonly build?: string
}

/**
 * Bundles the app that tests run, as Metro does it for a release: `react-native/entry.js` with the example's own code. Without the
 * polyfills of React Native, and with the one part of it that the SDK uses.
 *
 * @param folder where Metro and React Native are installed
 * @param how `build`: id of the build, which the bundle is to say
 */
export async function bundleOf(
  folder: string,
  root: string,
  target: string,
  { entry = path.join(root, 'lab/phones/react-native/entry.js'), build }: BundleOptions = {},
): Promise<string> {
  const load = createRequire(path.join(folder, 'package.json'))
  const metro = load('metro') as Metro
  const lab = path.join(root, 'lab/phones/react-native')
  const ours: Readonly<Record<string, string>> = {
    '@assay/react-native': path.join(root, 'packages/attester/react-native/dist/index.js'),
    'react-native': path.join(lab, 'react-native.js'),
  }
  const config = await metro.loadConfig(
    { cwd: folder },
    {
      projectRoot: root,
      watchFolders: [root],
      maxWorkers: 1,
      resolver: {
        resolveRequest(context: Context, name: string, platform: string | null): Resolution {
          const own = ours[name]
          if (own !== undefined) return { type: 'sourceFile', filePath: own }
          const isRelative = name.startsWith('.') || path.isAbsolute(name)
          const from = isRelative ? context.originModulePath : path.join(folder, 'index.js')
          return context.resolveRequest({ ...context, originModulePath: from }, name, platform)
        },
      },
      transformer: {
        babelTransformerPath: load.resolve('@react-native/metro-babel-transformer'),
        enableBabelRCLookup: false,
      },
      serializer: { getModulesRunBeforeMainModule: () => [], getPolyfills: () => [] },
      reporter: { update: () => undefined },
    },
  )
  await mkdir(path.dirname(target), { recursive: true })
  await metro.runBuild(build === undefined ? config : withAssay(config, { build }), {
    entry,
    out: target,
    platform: 'android',
    dev: false,
    minify: true,
  })
  return target
}
