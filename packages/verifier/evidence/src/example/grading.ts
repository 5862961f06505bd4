import { day, type SchemeGrading, type Strictness } from '../port/grading.ts'

const example = 'evidence.example'

/** How the built-in policies grade it: good for a day, where the policy is not strict. */
export const grading: Readonly<Record<Strictness, SchemeGrading>> = {
  balanced: { young: `has(${example}) && ages.example <= ${day}`, rules: [] },
  strict: { rules: [] },
}
