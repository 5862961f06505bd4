// In the place of React Native's index, which loads all of it: the one part that the SDK uses, as React Native has it.
import * as TurboModuleRegistry from 'react-native/Libraries/TurboModule/TurboModuleRegistry'

export { TurboModuleRegistry }
