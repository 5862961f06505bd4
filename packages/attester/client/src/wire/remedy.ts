import { playDialogCodes, remedyKinds, type PlayDialogCode, type RemedyKind } from '@assay/protocol'

/** What the user can do about a refusal: said where the operator lets the app say it. */
export type Remedy =
  | {
      readonly kind: Exclude<RemedyKind, 'play_dialog'>
      readonly typeCode?: undefined
    }
  | {
      readonly kind: 'play_dialog'
      /** The code of the dialog that Google Play shows. */
      readonly typeCode: PlayDialogCode
    }

/** The remedy in an answer; `undefined` for one of another kind or form. */
export function readRemedy(value: unknown): Remedy | undefined {
  const { kind, type_code: typeCode } = Object(value) as { kind: never; type_code: never }
  if (kind === 'play_dialog') return playDialogCodes.includes(typeCode) ? { kind, typeCode } : undefined
  return typeCode === undefined && remedyKinds.includes(kind) ? { kind } : undefined
}
