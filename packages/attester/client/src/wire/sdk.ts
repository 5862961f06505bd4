/** Name and version of this SDK, as it appears in requests. A test checks it against `package.json`. */
export const sdk = 'assay-js/0.1.0'

/** Version of the wire that it speaks. */
export const wireVersion = 1
