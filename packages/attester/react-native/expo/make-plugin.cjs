const known = ['endpoints', 'audiences', 'app', 'build', 'environment', 'withoutToken']
const isTexts = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')

/** @throws TypeError naming the property that is missing, wrong or not known */
function checkProps(props) {
  if (typeof props !== 'object' || props === null)
    throw new TypeError('@assay/react-native/expo: give properties')
  const { endpoints, audiences, environment = 'production' } = props
  const wrong = Object.keys(props).find((name) => !known.includes(name))
  if (wrong !== undefined) throw new TypeError(`@assay/react-native/expo: ${wrong}: is not known`)
  const holds = {
    endpoints: isTexts(endpoints),
    audiences: typeof audiences === 'object' && audiences !== null && isTexts(Object.values(audiences)),
    environment: environment === 'production' || environment === 'development',
  }
  const missing = Object.keys(holds).find((name) => !holds[name])
  if (missing !== undefined) throw new TypeError(`@assay/react-native/expo: ${missing}: missing or wrong`)
}

/** The configuration that lies in the app: measured with it, and read where `createAssay()` gets no options. */
function configurationOf(config, props) {
  return {
    endpoints: props.endpoints,
    audiences: props.audiences,
    app: props.app,
    // The id under which the build is registered.
    build: props.build ?? config.version,
    withoutToken: props.withoutToken,
  }
}

function given(members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/**
 * The config plugin over what `expo/config-plugins` exports: App Attest's entitlement and `Assay` in `Info.plist` on iOS, permissions
 * and `assets/assay.json` on Android.
 */
exports.makePlugin =
  ({ AndroidConfig, withDangerousMod, withEntitlementsPlist, withInfoPlist }, files, path) =>
  (config, props) => {
    checkProps(props)
    const { app, build, withoutToken, ...rest } = configurationOf(config, props)
    const onIos = given({ ...rest, app: app ?? config.ios?.bundleIdentifier, build, withoutToken })
    const onAndroid = given({
      ...rest,
      app: app ?? config.android?.package,
      build,
      without_token: withoutToken,
    })
    let made = withEntitlementsPlist(config, (each) => {
      each.modResults['com.apple.developer.devicecheck.appattest-environment'] =
        props.environment ?? 'production'
      return each
    })
    made = withInfoPlist(made, (each) => {
      each.modResults.Assay = onIos
      return each
    })
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
