/** The parts of React Native that the package uses, so that this repository does without it. `lab/phones` checks it
 * against the declarations of 0.76 to 0.88. */
declare module 'react-native' {
  interface TurboModule {}
  const TurboModuleRegistry: { get<Module extends TurboModule>(name: string): Module | null }
}
