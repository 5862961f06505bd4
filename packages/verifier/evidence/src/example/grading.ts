import { day, type SchemeGrading, type Strictness } from '../port/grading.ts'

const example = 'evidence.example'

/** How the built-in policies grade it: `balanced` accepts it for a day. */
export const grading: Readonly<Record<Strictness, SchemeGrading>> = {
  balanced: { young: `has(${example}) && ages.example <= ${day}`, rules: [] },
  strict: { rules: [] },
}
