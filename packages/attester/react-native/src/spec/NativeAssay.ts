import { TurboModuleRegistry, type TurboModule } from 'react-native'

/** As React Native's codegen knows it by its name; where React Native declares the type differs from 0.76 to 0.88. */
type EventEmitter<T> = (handler: (event: T) => void) => { remove(): void }

/**
 * What crosses the bridge: texts only, each a JSON object. `src/bridge.ts` says what they hold. Promises are settled whatever
 * happens, and what fails is told in the answer.
 */
export interface Spec extends TurboModule {
  create(request: string): Promise<string>
  getToken(request: string): Promise<string>
  proof(request: string): Promise<string>
  fetch(request: string): Promise<string>
  reset(request: string): Promise<string>
  debugLog(request: string): Promise<string>
  learn(request: string): void
  wake(request: string): void
  close(request: string): void
  readonly onEvent: EventEmitter<string>
}

// Codegen wants this very form. `null` where the app was built without the native part.
// eslint-disable-next-line no-restricted-syntax -- codegen reads no named export
export default TurboModuleRegistry.get<Spec>('Assay')
