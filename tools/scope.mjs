/**
 * The scope of every package, set only here: `check-layers.mjs` checks the manifests against it. The owner of the scope on a
 * registry can run code wherever somebody installs a package by its name: see CONTRIBUTING.md.
 */
export const scope = '@assay'
