const form = /^[A-Za-z0-9][\w.+-]{0,127}$/

/** The form in the bundle, which can be found in source and in bytecode. @throws TypeError for an invalid build id */
exports.markerOf = (build) => {
  if (typeof build !== 'string' || !form.test(build))
    throw new TypeError('build: wants 1 to 128 letters, digits or ._+- and begins with a letter or digit')
  return `assay:build:${build};`
}

/**
 * The id in a bundle, source or bytecode.
 *
 * @returns `undefined` if there is none, or more than one
 */
exports.buildIn = (bundle) => {
  const found = new Set(
    [...bundle.toString('latin1').matchAll(/assay:build:([\w.+-]{1,128});/g)].map(([, id]) => id),
  )
  return found.size === 1 ? [...found][0] : undefined
}
