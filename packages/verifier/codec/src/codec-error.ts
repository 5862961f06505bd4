/** Every code with which a reader of this package refuses its input. */
export const codecErrorCodes = [
  /** An element runs past the end of its input, or the input ends where one is expected. */
  'DER_TRUNCATED',
  /** A length that DER does not allow: indefinite, not minimal, or of more than four octets. */
  'DER_LENGTH',
  /** A tag that is malformed, or is not the one that stands here. */
  'DER_TAG',
  /** Bytes after the last expected element. */
  'DER_TRAILING',
  /** Nested deeper than the reader admits. */
  'DER_DEPTH',
  /** More elements than the reader admits. */
  'DER_COUNT',
  /** Content octets that are not a value of the type. */
  'DER_VALUE',
  /** A certificate of an unknown version, or with fields that its version does not have. */
  'X509_VERSION',
  /** An extension that occurs twice, or a list of extensions without one, or of more than 64. */
  'X509_EXTENSIONS',
  /** A certificate whose issuer has no name. */
  'X509_ISSUER',
  /** The signature algorithm inside the signed part differs from the one beside the signature. */
  'X509_SIGNATURE_ALGORITHM',
  /** The content type is not SignedData. */
  'CMS_CONTENT_TYPE',
  /** A signer is named in a form that SignerInfo does not have. */
  'CMS_SIGNER_IDENTIFIER',
  /** A signed attribute that occurs twice, or has more values than its type allows. */
  'CMS_ATTRIBUTES',
  /** A chunk of binary XML that runs past its parent, or is smaller than its own header. */
  'AXML_CHUNK',
  /** A string pool that does not fit its chunk, or a string that does not lie in it. */
  'AXML_STRING_POOL',
  /** An element or attribute that does not fit its chunk, or elements that are not well nested. */
  'AXML_ELEMENT',
  /** A CBOR data item runs past the end of its input, or the input ends where one is expected. */
  'CBOR_TRUNCATED',
  /** A length that is indefinite or reserved, or an integer or length that is not in its shortest form. */
  'CBOR_LENGTH',
  /** Bytes after the data item. */
  'CBOR_TRAILING',
  /** Data items nested deeper than the reader admits. */
  'CBOR_DEPTH',
  /** More data items than the reader admits. */
  'CBOR_COUNT',
  /** A map with a key twice. */
  'CBOR_DUPLICATE_KEY',
  /** A text string that is not UTF-8. */
  'CBOR_TEXT',
  /** A simple value in a form that is reserved. */
  'CBOR_SIMPLE',
  /** Compiled XML in protocol buffers that is malformed, too deep, too large, or says something twice. */
  'PROTO_XML',
] as const

export type CodecErrorCode = (typeof codecErrorCodes)[number]

/** Input that is not well-formed. The message is fixed per fault and never holds bytes of the input. */
export class CodecError extends Error {
  override readonly name = 'CodecError'
  readonly code: CodecErrorCode

  constructor(code: CodecErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
