import type { CliError } from '../faults/cli-error.ts'
import { cliError } from '../faults/cli-error.ts'

const address = 'Is --server or ASSAY_URL right?'

/** Node's errors for failed connections, and what to tell a person about them. */
const known: Readonly<Record<string, { says: (host: string) => string; hint: string }>> = {
  ECONNREFUSED: {
    says: (host) => `Nothing listens at ${host}`,
    hint: `Is the service running (\`assay serve\`)? ${address}`,
  },
  ENOTFOUND: { says: (host) => `The host name in ${host} is unknown`, hint: address },
  EAI_AGAIN: {
    says: (host) => `The name in ${host} cannot be looked up`,
    hint: `Is the network up? ${address}`,
  },
  ETIMEDOUT: {
    says: (host) => `${host} does not answer in time`,
    hint: `Is a firewall in the way? ${address}`,
  },
  EPROTO: {
    says: (host) => `${host} does not speak TLS`,
    hint: 'The service itself speaks http; the proxy in front of it speaks https. Give the address of one of them.',
  },
  CERT_HAS_EXPIRED: {
    says: (host) => `The certificate of ${host} has expired`,
    hint: 'Renew it at the proxy in front of the service.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    says: (host) => `The certificate of ${host} is for another name`,
    hint: address,
  },
}

const untrusted = {
  says: (host: string) => `The certificate of ${host} is not from an authority that this machine trusts`,
  hint: 'For your own authority, set NODE_EXTRA_CA_CERTS=FILE with its certificate (PEM).',
}

/** The service could not be reached, or went away before it answered. */
export function unreachable(url: URL, cause: unknown): CliError {
  const code = codeOf(cause)
  const { says, hint } = entryFor(code) ?? {
    says: (host: string) => `The service at ${host} does not answer`,
    hint: `Is it running (\`assay serve\`)? ${address}`,
  }
  return cliError('CLI_SERVICE_UNREACHABLE', `${says(url.origin)}${code === '' ? '' : ` (${code})`}`, {
    hint,
    cause,
  })
}

function entryFor(code: string) {
  if (/^(SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF))/.test(code)) return untrusted
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return known.EPROTO
  return Object.hasOwn(known, code) ? known[code] : undefined
}

/** If a name has several addresses, Node throws one error that contains one for each. */
function codeOf(cause: unknown): string {
  const { code, errors } = cause as { code?: unknown; errors?: unknown }
  if (typeof code === 'string') return code
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : ''
}
