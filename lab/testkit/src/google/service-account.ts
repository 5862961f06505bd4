import { newKeyPair } from '../keys/new-key-pair.ts'

/** The text of a service account's key file, as Google's console gives it out, for an account that does not exist. */
export function newServiceAccount(): string {
  const { privateKey } = newKeyPair('RSA')
  return JSON.stringify({
    type: 'service_account',
    private_key_id: 'a55a7e57',
    private_key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    client_email: 'verifier@assay-testkit.example',
  })
}
