/** A JSON object about which nothing is known yet: its members may be missing, or have any value. */
export type Unchecked<T> = { readonly [Name in keyof T]?: unknown }

type Check = (value: unknown) => boolean

/** Visible ASCII, so that no answer can get anything else into a header. */
export const isText: Check = (value) => typeof value === 'string' && /^[!-~]+$/.test(value)

const isSeconds: Check = (value) =>
  typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER

/** Whether a value has these members, each accepted by its check. */
function hasForm(form: Readonly<Record<string, Check>>): Check {
  return (value) => {
    const members = Object(value) as Readonly<Record<string, unknown>>
    return Object.keys(form).every((name) => form[name]?.(members[name]))
  }
}

export const isChallengeResponse = /* @__PURE__ */ hasForm({
  attestation_challenge: isText,
  plan: isText,
  expires_in: isSeconds,
})

const isToken = /* @__PURE__ */ hasForm({
  audience: isText,
  token: isText,
  token_type: (value) => [undefined, 'DPoP', 'Bearer'].includes(value as undefined),
  expires_in: isSeconds,
})

export const isAttestationResponse = /* @__PURE__ */ hasForm({
  tokens: (value) => Array.isArray(value) && value.length > 0 && value.every(isToken),
  refresh_after: isSeconds,
  server_time: isSeconds,
  trace: isText,
})
