/** What `withAssay` uses of a configuration of Metro, so that this package does not depend on it. */
interface MetroConfig {
  readonly projectRoot?: string | undefined
  readonly serializer?: object | undefined
}

/**
 * A configuration of Metro whose bundles say which build they belong to.
 *
 * @param options `build`: the id of the build; default `ASSAY_BUILD` of the environment. Where neither is given, bundles say nothing
 * @throws TypeError for an id that no build can have
 */
export function withAssay<Config extends MetroConfig>(
  config: Config,
  options?: { readonly build?: string | undefined },
): Config
