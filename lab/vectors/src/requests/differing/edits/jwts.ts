import fc from 'fast-check'
import { keys } from '../../making/world.ts'
import type { OpenCase } from '../open/open-case.ts'
import { type OpenJwt, partForms, signatureForms } from '../open/open-jwt.ts'
import { chosen, type Edit, jwtsOf } from './edit.ts'
import { textEdits } from './json-text.ts'

const part = fc.constantFrom('header' as const, 'payload' as const)

/** Edits of one of the JWTs of a case. */
function inJwt(does: string, at: number, change: (jwt: OpenJwt) => void): Edit {
  return {
    does: `JWT ${at}: ${does}`,
    apply(to) {
      const jwt = chosen(jwtsOf(to), at)
      if (jwt !== undefined) change(jwt)
    },
  }
}

const which = fc.nat(11)

export const jwtEdits: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(which, part, textEdits).map(([at, of, { does, change }]) =>
      inJwt(`${of}: ${does}`, at, (jwt) => {
        jwt[of] = change(jwt[of])
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(which, fc.constantFrom(...signatureForms)).map(([at, form]) =>
      inJwt(`signature ${form}`, at, (jwt) => {
        jwt.signature = form
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(which, part, fc.constantFrom(...partForms)).map(([at, of, form]) =>
      inJwt(`${of} ${form}`, at, (jwt) => {
        jwt.encoding[of] = form
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(which, fc.constantFrom('.', '.a', '=', ' ', ',', '\t', '~', '\xe9'))
      .map(([at, more]) =>
        inJwt(`${JSON.stringify(more)} behind it`, at, (jwt) => {
          jwt.more += more
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(which, fc.constantFrom(...Object.keys(keys))).map(([at, name]) =>
      inJwt(`signed by ${name}`, at, (jwt) => {
        jwt.key = keys[name as keyof typeof keys]
        // Another key leaves no signature as it came.
        jwt.original = ''
      }),
    ),
  },
  {
    // Of the same length or type, and yet of another kind.
    weight: 1,
    arbitrary: fc.tuple(which, which, part).map(([at, from, of]) => ({
      does: `JWT ${at}: ${of} of JWT ${from}`,
      apply(to: OpenCase) {
        const [jwt, other] = [chosen(jwtsOf(to), at), chosen(jwtsOf(to), from)]
        if (jwt !== undefined && other !== undefined) jwt[of] = other[of]
      },
    })),
  },
)
