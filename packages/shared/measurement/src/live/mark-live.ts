/** The start of the string literal by which a live function is found in a bundle. */
export const markerPrefix = 'assay:live:'

/** Any function. */
export type LiveFunction = (...input: never[]) => unknown

/**
 * Marks a function of the SDK that plans may ask to show:
 *
 * `export const f = markLive('assay:live:f', function (…) {…})`
 *
 * The call stays in the bundle, because it names the function; so the literal stays next to the function's text,
 * however a minifier renames the rest, and `buildManifest` finds it. Write the function inline, without template or
 * regular expression literals; and neither async nor as a generator if the bundle is compiled for engines that lack
 * those.
 */
export function markLive<F extends LiveFunction>(marker: `${typeof markerPrefix}${string}`, fn: F): F {
  return Object.defineProperty(fn, 'name', { value: marker.replace(/.*:/, '') })
}

/** Marked functions by name, as `showFunctions` takes them. `buildManifest` refuses two with one name. */
export function liveFunctions(...functions: readonly LiveFunction[]): Record<string, LiveFunction> {
  return Object.fromEntries(functions.map((fn) => [fn.name, fn]))
}
