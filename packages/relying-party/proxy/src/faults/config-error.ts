import { proxyConfigFaults, type ProxyConfigCode } from './codes.ts'

/** The configuration cannot be used: nothing is served. The message names the place, never a value or a secret. */
export class ProxyConfigError extends Error {
  override readonly name = 'ProxyConfigError'
  readonly code: ProxyConfigCode
  /** The remedy. */
  readonly action: string

  constructor(code: ProxyConfigCode, message: string) {
    super(message)
    this.code = code
    this.action = proxyConfigFaults[code].action
  }
}
