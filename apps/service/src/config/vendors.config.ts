import { X509Certificate } from 'node:crypto'
import { ServiceError } from './service-error.ts'
import { readServiceAccountKey, type ServiceAccountFault } from '../vendors/service-account-key.ts'

/** Vendors and roots of a test world, for trying out a service: evidence of real devices is accepted as well. */
export interface TestVendors {
  /** Roots (PEM) under which Apple's attestation certificates are issued. */
  apple?: readonly string[]
  /** Roots (PEM) under which Android attestation certificates are issued. */
  google?: readonly string[]
  /** URL of a status list instead of Google's. */
  status_list?: string
  /** Base URL of an API that decodes tokens instead of Google's. */
  token_api?: string
  /** URL that exchanges receipts instead of Apple's. */
  receipt_api?: string
}

/** How the service asks vendors. */
export interface VendorConfig {
  /**
   * Seconds after which a status list that could not be read again no longer counts: 3,600 to 2,592,000; default
   * 259,200.
   */
  statusListMaxAge?: number
  /** File of a Google service account that may decode tokens, for apps whose tokens only Google can decode. */
  googleCredentials?: string
  /** Only while the service listens on loopback, is reached there, and trusts no proxy: never in production. */
  test?: TestVendors
}

export interface CheckedVendors {
  statusListUrl: string
  statusListMaxAge: number
  /** `undefined`: Google's own. */
  tokenApiUrl: string | undefined
  /** `undefined`: Apple's own. */
  receiptApiUrl: string | undefined
  googleCredentials: string | undefined
  /** Whether the service trusts or asks anything of a test world. */
  isTest: boolean
  appleTestRoots: readonly string[]
  googleTestRoots: readonly X509Certificate[]
}

const googleStatusList = 'https://android.googleapis.com/attestation/status'

/**
 * @param isForThisMachine whether nobody else can reach the service
 * @throws ServiceError `SERVICE_VENDORS`, `SERVICE_TEST_VENDORS`
 */
export function checkVendors(vendors: VendorConfig, isForThisMachine: boolean): CheckedVendors {
  const { statusListMaxAge = 259_200, googleCredentials, test } = vendors
  if (!Number.isInteger(statusListMaxAge) || statusListMaxAge < 3_600 || statusListMaxAge > 2_592_000)
    throw new ServiceError('SERVICE_VENDORS', 'the age of a status list is out of bounds')
  if (googleCredentials?.trim() === '')
    throw new ServiceError('SERVICE_VENDORS', 'the file of the Google service account is not named')
  if (test !== undefined && !isForThisMachine)
    throw refused('test vendors are only for a service that no other machine can reach')
  return {
    statusListUrl: test?.status_list === undefined ? googleStatusList : httpUrl(test.status_list),
    statusListMaxAge,
    tokenApiUrl: test?.token_api === undefined ? undefined : httpUrl(test.token_api),
    receiptApiUrl: test?.receipt_api === undefined ? undefined : httpUrl(test.receipt_api),
    googleCredentials,
    isTest: test !== undefined,
    appleTestRoots: (test?.apple ?? []).map((pem) => certificate(pem).toString()),
    googleTestRoots: (test?.google ?? []).map(certificate),
  }
}

const accountFaults: Readonly<Record<ServiceAccountFault, string>> = {
  unreadable: 'the file of the Google service account is missing or unreadable',
  not_an_account: 'the file of the Google service account is not the JSON key of a service account',
  not_a_private_key: 'the file of the Google service account has a private key that cannot be read',
}

/**
 * Reports at start what would otherwise show only in the attestations of real users. The file is read again when it is
 * used.
 *
 * @throws ServiceError `SERVICE_GOOGLE_CREDENTIALS` if the named file is not a key of a service account
 */
export async function checkGoogleCredentials(file: string | undefined): Promise<void> {
  if (file === undefined) return
  const read = await readServiceAccountKey(file)
  if (typeof read === 'string') throw new ServiceError('SERVICE_GOOGLE_CREDENTIALS', accountFaults[read])
}

/**
 * Reads the members of a test vendors file from its JSON value.
 *
 * @throws ServiceError `SERVICE_TEST_VENDORS` for unknown members, or members of the wrong type
 */
export function readTestVendors(value: unknown): TestVendors {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw refused('test vendors must be an object')
  for (const [name, member] of Object.entries(value)) {
    const isList = Array.isArray(member) && member.every((each) => typeof each === 'string')
    const holds = name === 'apple' || name === 'google' ? isList : isUrlMember(name, member)
    if (!holds) throw refused('test vendors have a member that is unknown or of the wrong type')
  }
  return value
}

function isUrlMember(name: string, member: unknown): boolean {
  return ['status_list', 'token_api', 'receipt_api'].includes(name) && typeof member === 'string'
}

function certificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (cause) {
    throw refused('a test root is not a certificate in PEM', cause)
  }
}

function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw refused("a test vendor's address is not a URL")
  return text.replace(/\/$/, '')
}

function refused(message: string, cause?: unknown): ServiceError {
  return new ServiceError('SERVICE_TEST_VENDORS', message, { cause })
}
