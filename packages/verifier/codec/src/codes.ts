/** Every code with which a reader of this package refuses its input. */
export const codecCodes = {
  DER_TRUNCATED: {
    message: 'an element runs past the end of its input',
    meaning: 'An element runs past the end of its input, or the input ends where one is expected.',
    action: 'Give the whole input.',
  },
  DER_LENGTH: {
    message: 'a length is not one that DER allows',
    meaning: 'A length that DER does not allow: indefinite, not minimal, or of more than four octets.',
    action: 'Have the structure encoded in DER.',
  },
  DER_TAG: {
    message: 'an unexpected element was found',
    meaning: 'A tag that is malformed, or not the expected one.',
    action: 'Check that it is this kind of structure.',
  },
  DER_TRAILING: {
    message: 'bytes follow the last element',
    meaning: 'Bytes after the last expected element.',
    action: 'Cut the input to the structure.',
  },
  DER_DEPTH: {
    message: 'elements are nested too deep',
    meaning: 'Nested deeper than the reader allows.',
    action: 'Distrust the input.',
  },
  DER_COUNT: {
    message: 'there are too many elements',
    meaning: 'More elements than the reader allows.',
    action: 'Distrust the input.',
  },
  DER_VALUE: {
    message: 'the content of an element is not a value of its type',
    meaning: 'Content that is not a value of the type.',
    action: 'Have the structure encoded correctly.',
  },
  X509_VERSION: {
    message: 'a certificate is of an unknown version, or has fields that its version lacks',
    meaning: 'A certificate of an unknown version, or with fields that its version does not have.',
    action: 'Use another certificate.',
  },
  X509_EXTENSIONS: {
    message: 'the extensions of a certificate are empty, occur twice or are too many',
    meaning: 'An extension that occurs twice, or a list of extensions without one or of more than 64.',
    action: 'Use another certificate.',
  },
  X509_ISSUER: {
    message: 'a certificate does not name its issuer',
    meaning: 'A certificate whose issuer has no name.',
    action: 'Use another certificate.',
  },
  X509_SIGNATURE_ALGORITHM: {
    message: 'the two signature algorithms of a certificate differ',
    meaning: 'The algorithm inside the signed part differs from the one beside the signature.',
    action: 'Distrust the certificate.',
  },
  CMS_CONTENT_TYPE: {
    message: 'the content type is not SignedData',
    meaning: 'The content type is not SignedData.',
    action: 'Check that it is a signature.',
  },
  CMS_SIGNER_IDENTIFIER: {
    message: 'a signer is named in an unknown form',
    meaning: 'A signer is named in a form that SignerInfo does not have.',
    action: 'Sign again with a common tool.',
  },
  CMS_ATTRIBUTES: {
    message: 'a signed attribute occurs twice or has several values',
    meaning: 'A signed attribute that occurs twice, or has more values than its type allows.',
    action: 'Distrust the signature.',
  },
  AXML_CHUNK: {
    message: 'a chunk does not fit in its place',
    meaning:
      'A chunk of binary XML that runs past its parent, or is smaller than its own header; or no binary XML at all.',
    action: 'Check that it is a compiled manifest, not text.',
  },
  AXML_STRING_POOL: {
    message: 'the string pool is malformed',
    meaning: 'A string pool that does not fit its chunk, or a string that does not lie in it.',
    action: 'Build the APK again.',
  },
  AXML_ELEMENT: {
    message: 'an element is malformed or not well nested',
    meaning: 'An element or attribute that does not fit its chunk, or elements that are not well nested.',
    action: 'Build the APK again.',
  },
  CBOR_TRUNCATED: {
    message: 'a data item runs past the end of the input',
    meaning: 'A CBOR data item runs past the end of its input, or the input ends where one is expected.',
    action: 'Give the whole input.',
  },
  CBOR_LENGTH: {
    message: 'an integer or length is not in its shortest form',
    meaning: 'A length that is indefinite or reserved, or an integer or length not in its shortest form.',
    action: 'Have the item encoded with definite, shortest lengths.',
  },
  CBOR_TRAILING: {
    message: 'trailing bytes follow the data item',
    meaning: 'Bytes after the data item.',
    action: 'Cut the input to the item.',
  },
  CBOR_DEPTH: {
    message: 'data items are nested too deep',
    meaning: 'Data items nested deeper than the reader allows.',
    action: 'Distrust the input.',
  },
  CBOR_COUNT: {
    message: 'there are too many data items',
    meaning: 'More data items than the reader allows.',
    action: 'Distrust the input.',
  },
  CBOR_DUPLICATE_KEY: {
    message: 'a map has a key twice',
    meaning: 'A map with a key twice, which two readers could read differently.',
    action: 'Distrust the input.',
  },
  CBOR_TEXT: {
    message: 'a text string is not UTF-8',
    meaning: 'A text string that is not UTF-8.',
    action: 'Have the item encoded correctly.',
  },
  CBOR_SIMPLE: {
    message: 'a simple value has a reserved form',
    meaning: 'A simple value in a form that is reserved.',
    action: 'Have the item encoded correctly.',
  },
  PROTO_XML: {
    message: 'the compiled XML is malformed',
    meaning:
      'Compiled XML in protocol buffers that is malformed, nested more than 256 deep, too large, or says something twice.',
    action: 'Build the app bundle again.',
  },
} as const satisfies Record<string, { message: string; meaning: string; action: string }>
