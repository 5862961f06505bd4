/**
 * App id: the OAuth `client_id` and token `sub`. Package name, bundle id or a name of the operator's choosing:
 * 3 to 255 characters of letters, digits, `.`, `_` and `-`, starting with a letter or digit.
 */
export const appIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/

/** Build id, unique within its app: 1 to 128 characters of letters, digits, `.`, `_`, `+` and `-`. */
export const buildIdPattern = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/

/** ABI of native code, as named by Android (`arm64-v8a`) and in the folders under `lib/`. */
export const abiPattern = /^[a-z0-9_-]{1,32}$/

/** Name of a variant of a build: 1 to 64 characters of lower-case letters, digits, `.`, `_` and `-`. */
export const variantPattern = /^[a-z0-9][a-z0-9._-]{0,63}$/
/** Takes the place of a variant's name, and means the build as it was registered first: no variant may have it. */
export const firstImage = 'first'
/** Variants of a build that may attest. */
export const mostVariants = 31
/** Variants of a build that are pending. */
export const mostPendingVariants = 8

/** Shape of an installation: 8 bytes as 11 base64url characters. */
export const shapePattern = /^[A-Za-z0-9_-]{11}$/

/** One code of `failures` in a challenge request. */
export const failurePattern = /^[A-Za-z0-9_.:-]{1,64}$/
/** Maximum number of codes in `failures`. */
export const mostFailures = 4
/** Maximum bytes of all codes in `failures` together. */
export const longestFailures = 256

/** SHA-256 in lower-case hex. */
export const sha256HexPattern = /^[0-9a-f]{64}$/

/** A JWK thumbprint (RFC 7638) with SHA-256: 43 base64url characters. */
export const thumbprintPattern = /^[A-Za-z0-9_-]{43}$/

/**
 * Whether `text` may name an API as a token audience: an absolute http or https URL in its normal form, without
 * user, query, fragment or control characters, at most 255 characters.
 */
export function isAudience(text: string): boolean {
  return (
    text.length <= 255 &&
    /^(https?:\/\/[a-z0-9._-]+(?::[0-9]{1,5})?|https?:\/\/\[[0-9a-f:.]+\](?::[0-9]{1,5})?)(\/[^?#\s\p{Cc}]*)?$/u.test(
      text,
    )
  )
}
