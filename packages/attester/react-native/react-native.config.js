/** What autolinking of a bare app is told; `package.json` has the rest for codegen. */
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
