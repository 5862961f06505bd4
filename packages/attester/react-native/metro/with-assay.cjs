const { mkdirSync, writeFileSync } = require('node:fs')
const path = require('node:path')
const { markerOf } = require('./build-id.cjs')

/**
 * A configuration of Metro whose bundles say which build they belong to. The id lies in the bundle and not in the app, because an
 * update over the air brings it along.
 *
 * @param config of Metro, of React Native or of Expo
 * @param options `build`: default `ASSAY_BUILD` of the environment; where neither is given, as on a development machine, bundles say nothing
 * @throws TypeError for an id that no build can have
 */
exports.withAssay = (config, { build = process.env.ASSAY_BUILD } = {}) => {
  if (build === undefined) return config
  const root = config.projectRoot ?? process.cwd()
  const file = path.join(root, 'node_modules/.cache/assay', 'build.js')
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, `globalThis.__ASSAY_BUILD__ = ${JSON.stringify(markerOf(build))}\n`)
  const others = config.serializer?.getPolyfills ?? (() => [])
  // Before all modules, and not by a serializer of our own: Expo has one already.
  const getPolyfills = (...given) => [...others(...given), file]
  return { ...config, serializer: { ...config.serializer, getPolyfills } }
}
