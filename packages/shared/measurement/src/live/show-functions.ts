import { utf8 } from '@assay/protocol'
import type { MeasurementCrypto } from '../ports/ports.ts'
import { markLive, type LiveFunction } from './mark-live.ts'

/** Functions of the SDK that a plan may ask to show, by name; made by `liveFunctions`. */
export type LiveFunctions = Readonly<Record<string, LiveFunction>>

/**
 * SHA-256 of the source of each function as the engine shows it, or `absent` on an engine that does not show source.
 */
export type ShownFunctions = 'absent' | Readonly<Record<string, Uint8Array>>

/** Outcome of the live-code step: carried out, not possible on this engine, or not part of the plan. */
export type LiveOutcome = 'shown' | 'absent' | 'not_asked'

/**
 * Whether this engine shows the source of functions. Hermes shows `[bytecode]`, and so may other engines without
 * source.
 */
export function showsSource(): boolean {
  return sourceOf(() => 'assay:source').includes('assay:source')
}

/**
 * Shows the functions that a plan asks for.
 *
 * It detects patches of the functions themselves. It does not detect an attacker who also patches
 * `Function.prototype.toString`, or this function.
 *
 * @param names all among `functions`, as `checkPlanFits` makes sure
 */
export async function showFunctions(
  names: readonly string[],
  functions: LiveFunctions,
  crypto: MeasurementCrypto,
): Promise<ShownFunctions> {
  const shown: Record<string, Uint8Array> = {}
  for (const name of names) {
    shown[name] = await crypto.sha256([utf8(sourceOf(functions[name]))])
  }
  return showsSource() ? shown : 'absent'
}

/** The text of a function as the engine shows it. */
export const sourceOf = /* @__PURE__ */ markLive('assay:live:source-of', function (fn: unknown): string {
  return typeof fn === 'function' ? Function.prototype.toString.call(fn) : ''
})
