const { mkdirSync, writeFileSync } = require('node:fs')
const path = require('node:path')
const { markerOf } = require('./build-id.cjs')

/**
 * A Metro configuration whose bundles state which build they belong to. The id is in the bundle and not in the app,
 * because an update over the air must bring it along.
 *
 * @param config of Metro, of React Native or of Expo
 * @param options `build`: default `ASSAY_BUILD` of the environment; if neither is given, as on a development machine,
 * bundles state nothing
 * @throws TypeError for an id that no build can have
 */
exports.withAssay = (config, { build = process.env.ASSAY_BUILD } = {}) => {
  if (build === undefined) return config
  const root = config.projectRoot ?? process.cwd()
  const file = path.join(root, 'node_modules/.cache/assay', 'build.js')
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, `globalThis.__ASSAY_BUILD__ = ${JSON.stringify(markerOf(build))}\n`)
  const others = config.serializer?.getPolyfills ?? (() => [])
  // Before all modules, and without our own serializer: Expo already has one.
  const getPolyfills = (...given) => [...others(...given), file]
  return { ...config, serializer: { ...config.serializer, getPolyfills } }
}
