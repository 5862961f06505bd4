import type { ErrorTable } from '@assay/protocol'

/** Why a vendor's endpoint gave nothing usable: always a malfunction, never a refusal. */
export const vendorCodes = {
  VENDOR_BUDGET: {
    message: 'the budget of calls for today is exhausted',
    meaning: 'The app has used up the calls that its registration gives it for the day.',
    action: 'Raise `calls_per_day`, below what Google grants; find out what asks so often.',
  },
  VENDOR_CREDENTIALS: {
    message: 'the vendor accepts none of the credentials',
    meaning: 'The service has no service account, cannot use its file, or Google does not accept it.',
    action:
      'Give the key file of a service account of the linked project; make a new key if the old one was withdrawn; check the clock.',
  },
  VENDOR_FORBIDDEN: {
    message: 'the credentials do not allow this call',
    meaning: 'The service account may not decode tokens of this app.',
    action: 'Enable the API in its project, and link the project to the app in the console of the store.',
  },
  VENDOR_QUOTA: {
    message: "the vendor's quota is exhausted",
    meaning: "The vendor's own quota is spent.",
    action: 'Wait, or ask Google for more; set `calls_per_day` below it.',
  },
  VENDOR_UNREACHABLE: {
    message: 'the vendor cannot be reached',
    meaning: 'There was no connection, or it ended before the answer did.',
    action: 'Check network, DNS and firewall of the service; if they are in order, the vendor is down.',
  },
  VENDOR_TIMEOUT: {
    message: 'the vendor did not answer in time',
    meaning: 'The answer was not complete in time.',
    action: 'As for `VENDOR_UNREACHABLE`.',
  },
  VENDOR_REDIRECT: {
    message: 'the vendor answered with a redirect',
    meaning: 'The vendor answered with a redirect; none is followed.',
    action: 'Look for a proxy that intercepts connections.',
  },
  VENDOR_STATUS: {
    message: 'the vendor answered with an unsuccessful status',
    meaning: 'The vendor answered with an unexpected status.',
    action: "If this persists, look at the vendor's status page.",
  },
  VENDOR_TOO_LARGE: {
    message: "the vendor's answer is too large",
    meaning: 'The answer is longer than any expected one.',
    action: 'Look for a proxy; otherwise update the service.',
  },
  VENDOR_NONSENSE: {
    message: "the vendor's answer is malformed",
    meaning: 'The answer does not have the documented form, or is a status list without entries.',
    action: 'Look for a proxy; otherwise Google has changed the form: update the service.',
  },
  VENDOR_LIST_FORGED: {
    message: "the stored copy of the vendor's list was not written by this service",
    meaning:
      'Google could not be asked for its status list, and the copy in the database does not hold its MAC: somebody else has written to the database. Nothing is read from that copy.',
    action: 'Find out who writes to the database (`assay audit verify`), and make Google reachable again.',
  },
} as const satisfies ErrorTable
