/** What the package uses of React Native, so that this repository does without it. `lab/phones` holds it against the real types. */
declare module 'react-native' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  interface TurboModule {}
  const TurboModuleRegistry: { get<Module extends TurboModule>(name: string): Module | null }
}
