// In the place of React Native's index, which loads all of it: what the SDK uses, as React Native has it, and by their names the components
// of the example.
import * as TurboModuleRegistry from 'react-native/Libraries/TurboModule/TurboModuleRegistry'

const [View, Text, TextInput, Button] = ['View', 'Text', 'TextInput', 'Button']

export { Button, Text, TextInput, TurboModuleRegistry, View }
