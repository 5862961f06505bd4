import { day, type GradingKind, type SchemeGrading } from '../port/grading.ts'

const example = 'evidence.example'

const acceptedForADay: SchemeGrading = { young: `has(${example}) && ages.example <= ${day}`, rules: [] }

/** How the built-in policies grade it: all but `strict` accept it for a day. */
export const grading: Readonly<Record<GradingKind, SchemeGrading>> = {
  balanced: acceptedForADay,
  strict: { rules: [] },
  'no-google': acceptedForADay,
}
