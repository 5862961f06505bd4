/** Every code with which a reader of this package refuses its input. */
export const codecCodes = {
  DER_TRUNCATED: {
    message: 'an element runs past the end of its input',
    meaning: 'An element runs past the end of its input, or the input ends where one is expected.',
    action: 'Pass the whole input.',
  },
  DER_LENGTH: {
    message: 'a length is not one that DER allows',
    meaning: 'A length is not allowed in DER: it is indefinite, not minimal, or longer than four octets.',
    action: 'Have the structure encoded in DER.',
  },
  DER_TAG: {
    message: 'an unexpected element was found',
    meaning: 'A tag is malformed, or is not the expected one.',
    action: 'Check that it is this kind of structure.',
  },
  DER_TRAILING: {
    message: 'bytes follow the last element',
    meaning: 'There are bytes after the last expected element.',
    action: 'Trim the input to the structure.',
  },
  DER_DEPTH: {
    message: 'elements are nested too deep',
    meaning: 'Elements are nested deeper than the reader allows.',
    action: 'Distrust the input.',
  },
  DER_COUNT: {
    message: 'there are too many elements',
    meaning: 'There are more elements than the reader allows.',
    action: 'Distrust the input.',
  },
  DER_VALUE: {
    message: 'the content of an element is not a value of its type',
    meaning: 'The content is not a value of its type.',
    action: 'Have the structure encoded correctly.',
  },
  X509_VERSION: {
    message: 'a certificate is of an unknown version, or has fields that its version lacks',
    meaning: 'A certificate has an unknown version, or fields that its version does not have.',
    action: 'Use another certificate.',
  },
  X509_EXTENSIONS: {
    message: 'the extensions of a certificate are empty, occur twice or are too many',
    meaning: 'An extension occurs twice, or the list of extensions is empty or holds more than 64.',
    action: 'Use another certificate.',
  },
  X509_ISSUER: {
    message: 'a certificate does not name its issuer',
    meaning: 'The issuer of a certificate has no name.',
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
    meaning: 'A signer is identified in a form that SignerInfo does not have.',
    action: 'Sign again with a common tool.',
  },
  CMS_ATTRIBUTES: {
    message: 'a signed attribute occurs twice or has several values',
    meaning: 'A signed attribute occurs twice, or has more values than its type allows.',
    action: 'Distrust the signature.',
  },
  AXML_CHUNK: {
    message: 'a chunk does not fit in its place',
    meaning:
      'A chunk of binary XML runs past its parent or is smaller than its own header; or the input is not binary XML at all.',
    action: 'Check that it is a compiled manifest, not text.',
  },
  AXML_STRING_POOL: {
    message: 'the string pool is malformed',
    meaning: 'A string pool does not fit its chunk, or a string lies outside of it.',
    action: 'Build the APK again.',
  },
  AXML_ELEMENT: {
    message: 'an element is malformed or not well nested',
    meaning: 'An element or attribute does not fit its chunk, or elements are not well nested.',
    action: 'Build the APK again.',
  },
  CBOR_TRUNCATED: {
    message: 'a data item runs past the end of the input',
    meaning: 'A CBOR data item runs past the end of its input, or the input ends where one is expected.',
    action: 'Pass the whole input.',
  },
  CBOR_LENGTH: {
    message: 'an integer or length is not in its shortest form',
    meaning: 'A length is indefinite or reserved, or an integer or length is not in its shortest form.',
    action: 'Have the item encoded with definite, shortest lengths.',
  },
  CBOR_TRAILING: {
    message: 'trailing bytes follow the data item',
    meaning: 'There are bytes after the data item.',
    action: 'Trim the input to the item.',
  },
  CBOR_DEPTH: {
    message: 'data items are nested too deep',
    meaning: 'Data items are nested deeper than the reader allows.',
    action: 'Distrust the input.',
  },
  CBOR_COUNT: {
    message: 'there are too many data items',
    meaning: 'There are more data items than the reader allows.',
    action: 'Distrust the input.',
  },
  CBOR_DUPLICATE_KEY: {
    message: 'a map has a key twice',
    meaning: 'A map has a key twice, which two readers could read differently.',
    action: 'Distrust the input.',
  },
  CBOR_TEXT: {
    message: 'a text string is not UTF-8',
    meaning: 'A text string is not UTF-8.',
    action: 'Have the item encoded correctly.',
  },
  CBOR_SIMPLE: {
    message: 'a simple value has a reserved form',
    meaning: 'A simple value has a reserved form.',
    action: 'Have the item encoded correctly.',
  },
  PROTO_XML: {
    message: 'the compiled XML is malformed',
    meaning:
      'Compiled XML in protocol buffers is malformed, nested more than 256 deep, too large, or says something twice.',
    action: 'Build the app bundle again.',
  },
} as const satisfies Record<string, { message: string; meaning: string; action: string }>
