import { alphabet } from './base64url-alphabet.ts'

/** The value of an invalid character; its bit marks a text as refused. */
export const noValue = 64

/** Value of each character. */
export const values = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, code) => {
  const value = alphabet.indexOf(String.fromCharCode(code))
  return value < 0 ? noValue : value
})
