/**
 * The scope of every package, set here and nowhere else: `check-layers.mjs` holds the manifests against it. Whoever owns
 * the scope on a registry runs code wherever somebody installs a package by its name: see CONTRIBUTING.md.
 */
export const scope = '@assay'
