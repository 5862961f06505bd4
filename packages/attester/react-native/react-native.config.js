/** Settings for autolinking in a bare app; `package.json` has the rest for codegen. */
export default {
  dependency: {
    platforms: {
      android: {
        packageImportPath: 'import dev.assay.reactnative.AssayPackage;',
        packageInstance: 'new AssayPackage()',
      },
      ios: {},
    },
  },
}
