import type { Assay } from '../assay/assay.ts'

/**
 * The terminating link of Apollo Client 3 or 4 over `assay.fetch`:
 * `new ApolloClient({ link: assayLink(HttpLink, assay, { uri }), cache })`. Attestation faults arrive as network
 * errors, and are `AssayError`s.
 *
 * @param HttpLink that of `@apollo/client`, so that this package does not depend on it
 */
export function assayLink<Link, Options extends object>(
  HttpLink: new (options: Options) => Link,
  assay: Pick<Assay, 'fetch'>,
  options: Omit<Options, 'fetch'>,
): Link {
  return new HttpLink({ ...options, fetch: assay.fetch } as unknown as Options)
}
