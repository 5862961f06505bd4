/** What the package uses of React Native, so that this repository does without it. Not yet held against its own types. */
declare module 'react-native' {
  interface TurboModule {}
  const TurboModuleRegistry: { get<Module extends TurboModule>(name: string): Module | null }
}
