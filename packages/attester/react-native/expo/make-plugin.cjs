const known = [
  'endpoints',
  'audiences',
  'authorizationServers',
  'app',
  'build',
  'environment',
  'withoutToken',
  'pods',
  'maven',
]
const isTexts = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')
/** Characters allowed in a line of a Podfile or build script. */
const isLine = (value) => typeof value === 'string' && /^[^\p{Cc}]+$/u.test(value)
const revisions = ['tag', 'branch', 'commit']

/** `{ path }`, or `{ git }` with at most one of `tag`, `branch` and `commit`. */
function isSourceOfPods(value) {
  if (typeof value !== 'object' || value === null || !Object.values(value).every(isLine)) return false
  const names = Object.keys(value).filter((name) => name !== 'git')
  if (value.git === undefined) return names.length === 1 && names[0] === 'path'
  return names.length <= 1 && names.every((name) => revisions.includes(name))
}

/** @throws TypeError naming the property that is missing, wrong or unknown */
function checkProps(props) {
  if (typeof props !== 'object' || props === null)
    throw new TypeError('@assay/react-native/expo: give properties')
  const { endpoints, audiences, authorizationServers, environment, pods, maven } = props
  const wrong = Object.keys(props).find((name) => !known.includes(name))
  if (wrong !== undefined) throw new TypeError(`@assay/react-native/expo: ${wrong}: unknown member`)
  const holds = {
    endpoints: isTexts(endpoints),
    audiences: typeof audiences === 'object' && audiences !== null && isTexts(Object.values(audiences)),
    authorizationServers: authorizationServers === undefined || isTexts(authorizationServers),
    environment: [undefined, 'production', 'development'].includes(environment),
    pods: pods === undefined || isSourceOfPods(pods),
    maven: maven === undefined || isLine(maven),
  }
  const missing = Object.keys(holds).find((name) => !holds[name])
  if (missing !== undefined) throw new TypeError(`@assay/react-native/expo: ${missing}: missing or wrong`)
}

/**
 * The configuration inside the app, read if `createAssay()` gets no options. The app's signature covers it; the
 * measurement covers neither `Info.plist` nor JSON assets.
 */
function configurationOf(config, props) {
  return {
    endpoints: props.endpoints,
    audiences: props.audiences,
    authorizationServers: props.authorizationServers,
    app: props.app,
    // The id under which the build is registered.
    build: props.build ?? config.version,
    withoutToken: props.withoutToken,
  }
}

function given(members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** A string literal for Ruby and Groovy without interpolation. */
const quoted = (text) => `'${text.replace(/[\\']/g, '\\$&')}'`

/**
 * `lines` between two marks, replacing what an earlier run has put there.
 *
 * @param insert puts the lines into a text that has none yet
 */
function marked(text, comment, lines, insert) {
  const [begin, end] = ['begin', 'end'].map((each) => `${comment} assay: ${each}`)
  const block = [begin, ...lines, end].join('\n')
  const from = text.indexOf(begin)
  const to = text.indexOf(end, from)
  if (from >= 0 && to >= 0) return text.slice(0, from) + block + text.slice(to + end.length)
  return insert(block)
}

/** The Podfile with the pods that the native part needs, which are on no spec repository. */
function withPods(podfile, { git, path: folder, ...revision }, path) {
  // A path is relative to the project folder, but the Podfile is in `ios`.
  const place = { git, path: folder && (path.isAbsolute(folder) ? folder : path.posix.join('..', folder)) }
  const options = Object.entries(given({ ...place, ...revision }))
  const source = options.map(([name, value]) => `, :${name} => ${quoted(value)}`).join('')
  const pods = ['AssayCore', 'Assay'].map((name) => `pod '${name}'${source}`)
  return marked(podfile, '#', pods, (block) => {
    const target = /^[ \t]*target\b.*\bdo[ \t]*$/m.exec(podfile)
    if (target === null) throw new Error('@assay/react-native/expo: pods: the Podfile has no target')
    const end = target.index + target[0].length
    return `${podfile.slice(0, end)}\n${block}${podfile.slice(end)}`
  })
}

/** The build script of the project with the Maven repository of the SDK for Android. */
function withMaven({ language, contents }, place, path) {
  if (language !== 'groovy') throw new Error('@assay/react-native/expo: maven: build.gradle must be Groovy')
  const isUrl = /^[a-z][a-z\d+.-]*:\/\//i.test(place)
  const folder = path.isAbsolute(place) ? quoted(place) : `rootDir, ${quoted(path.posix.join('..', place))}`
  const url = isUrl ? `uri(${quoted(place)})` : `new File(${folder}).toURI()`
  const repository = `maven { url = ${url}; content { includeGroup 'dev.assay' } }`
  const lines = [`allprojects { repositories { ${repository} } }`]
  return marked(contents, '//', lines, (block) => `${contents.trimEnd()}\n\n${block}\n`)
}

const entitlement = 'com.apple.developer.devicecheck.appattest-environment'
const setting = 'ASSAY_APP_ATTEST_ENVIRONMENT'

/**
 * The environment of App Attest. Unless the app names one, each build configuration has its own: `development` in debug
 * builds, whose keys must not look like those of the store's app. Xcode replaces the setting's name in the file; the tools
 * of EAS, which only look at it (`introspect`), know nothing but the two words.
 */
function withEnvironment(config, environment, tools) {
  const made = tools.withEntitlementsPlist(config, (each) => {
    const perBuild = each.modRequest?.introspect ? 'production' : `$(${setting})`
    each.modResults[entitlement] = environment ?? perBuild
    return each
  })
  if (environment !== undefined) return made
  return tools.withXcodeProject(made, (each) => {
    for (const configuration of Object.values(each.modResults.pbxXCBuildConfigurationSection())) {
      // Beside each configuration there is a comment with its name.
      if (typeof configuration !== 'object') continue
      const isDebug = /^"?Debug/.test(configuration.name)
      configuration.buildSettings[setting] = isDebug ? 'development' : 'production'
    }
    return each
  })
}

/**
 * The config plugin over what `expo/config-plugins` exports: App Attest's entitlement and `Assay` in `Info.plist` on iOS, permissions
 * and `assets/assay.json` on Android; and, if the app says where they are, the pods and the Maven repository of the
 * native SDKs.
 */
exports.makePlugin = (tools, files, path) => (config, props) => {
  const { AndroidConfig, withDangerousMod, withInfoPlist } = tools
  checkProps(props)
  const { app, build, withoutToken, authorizationServers, ...rest } = configurationOf(config, props)
  const onIos = given({
    ...rest,
    authorizationServers,
    app: app ?? config.ios?.bundleIdentifier,
    build,
    withoutToken,
  })
  const onAndroid = given({
    ...rest,
    authorization_servers: authorizationServers,
    app: app ?? config.android?.package,
    build,
    without_token: withoutToken,
  })
  let made = withEnvironment(config, props.environment, tools)
  made = withInfoPlist(made, (each) => {
    each.modResults.Assay = onIos
    return each
  })
  if (props.pods !== undefined) {
    made = tools.withPodfile(made, (each) => {
      each.modResults.contents = withPods(each.modResults.contents, props.pods, path)
      return each
    })
  }
  if (props.maven !== undefined) {
    made = tools.withProjectBuildGradle(made, (each) => {
      each.modResults.contents = withMaven(each.modResults, props.maven, path)
      return each
    })
  }
  made = AndroidConfig.Permissions.withPermissions(made, [
    'android.permission.INTERNET',
    'android.permission.ACCESS_NETWORK_STATE',
  ])
  return withDangerousMod(made, [
    'android',
    async (each) => {
      const assets = path.join(each.modRequest.platformProjectRoot, 'app/src/main/assets')
      await files.mkdir(assets, { recursive: true })
      await files.writeFile(path.join(assets, 'assay.json'), `${JSON.stringify(onAndroid, null, 2)}\n`)
      return each
    },
  ])
}
