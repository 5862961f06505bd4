import { TurboModuleRegistry, type TurboModule } from 'react-native'

/**
 * React Native's codegen identifies it by its name; the place where React Native declares the type differs from 0.76
 * to 0.88.
 */
type EventEmitter<T> = (handler: (event: T) => void) => { remove(): void }

/**
 * What crosses the bridge: only texts, each a JSON object. `src/bridge.ts` says what they contain. Promises are settled
 * whatever happens, and the answer reports failures.
 */
export interface Spec extends TurboModule {
  create(request: string): Promise<string>
  getToken(request: string): Promise<string>
  proof(request: string): Promise<string>
  fetch(request: string): Promise<string>
  setReference(request: string): Promise<string>
  reset(request: string): Promise<string>
  debugLog(request: string): Promise<string>
  learn(request: string): void
  wake(request: string): void
  close(request: string): void
  readonly onEvent: EventEmitter<string>
}

// Codegen requires exactly this form. `null` if the app was built without the native part.
// eslint-disable-next-line no-restricted-syntax -- codegen reads no named export
export default TurboModuleRegistry.get<Spec>('Assay')
