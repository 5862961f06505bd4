const { createHash } = require('node:crypto')
const files = require('node:fs/promises')
const path = require('node:path')
const { buildIn } = require('./build-id.cjs')

/** Names of scripts in an installed app, by the format from which its base was registered. */
const names = {
  aab: 'base/assets/index.android.bundle',
  apk: 'assets/index.android.bundle',
  ipa: 'main.jsbundle',
}
const hermes = 'c61fbc03c103191f'

/**
 * Lays out the script of an update over the air under its name in the installed app, writes its description, and says
 * how to register it.
 *
 * @param given `from`: a bundle, or the folder that `expo export` wrote; `base`: the build that takes the update;
 * `baseFormat`: the format of its registration @returns what is written to `update.json` @throws TypeError for what
 * cannot be registered
 */
exports.prepareUpdate = async ({ from, out, app, base, baseFormat, provenanceKey }) => {
  const name = names[baseFormat]
  if (name === undefined) throw new TypeError('base-format: wants aab, apk or ipa')
  const bundle = await files.readFile(await bundleIn(from, baseFormat === 'ipa' ? 'ios' : 'android'))
  const build = buildIn(bundle)
  if (build === undefined)
    throw new TypeError(
      'the bundle does not say of which build it is: set ASSAY_BUILD, and withAssay in metro.config.js',
    )
  const scripts = path.join(out, 'scripts')
  // Leftovers of an earlier update would be registered with this one.
  await files.rm(scripts, { recursive: true, force: true })
  await files.mkdir(path.dirname(path.join(scripts, name)), { recursive: true })
  await files.writeFile(path.join(scripts, name), bundle)
  const key = provenanceKey === undefined ? [] : ['--provenance-key', provenanceKey]
  const update = {
    app,
    base,
    build,
    scripts: [
      {
        name,
        kind: bundle.subarray(0, 8).toString('hex') === hermes ? 'hermes' : 'script',
        bytes: bundle.length,
        sha256: createHash('sha256').update(bundle).digest('hex'),
      },
    ],
    command: ['assay', 'build', 'add', scripts, '--app', app, '--base', base, '--id', build, ...key],
  }
  await files.writeFile(path.join(out, 'update.json'), `${JSON.stringify(update, null, 2)}\n`)
  return update
}

/** `metadata.json` of `expo export` names the bundle of each platform. */
async function bundleIn(from, platform) {
  if (!(await files.stat(from)).isDirectory()) return from
  const { fileMetadata } = JSON.parse(await files.readFile(path.join(from, 'metadata.json'), 'utf8'))
  const bundle = fileMetadata?.[platform]?.bundle
  if (typeof bundle !== 'string') throw new TypeError(`metadata.json names no bundle for ${platform}`)
  return path.join(from, bundle)
}
