import { appImageCodes } from '@assay/app-image/codes'
import { appraisalCodes, policyCodes } from '@assay/appraisal/codes'
import { clientCodes } from '@assay/client/codes'
import { codecCodes } from '@assay/codec/codes'
import { evidenceCodes } from '@assay/evidence/codes'
import {
  answersTo,
  guardMalfunctions,
  guardProblems,
  guardRefusals,
  statusListFaults,
  statusOfAnswer,
} from '@assay/guard/codes'
import { measurementCodes } from '@assay/measurement/codes'
import type { CodeTable, CodeText } from '@assay/protocol'
import { problems } from '@assay/protocol/codes'
import {
  meterFaults,
  proxyConfigFaults,
  proxyMalfunctions,
  proxyNotices,
  proxyRefusals,
} from '@assay/proxy/codes'
import { bridgeCodes } from '@assay/react-native/codes'
import {
  buildReadingCodes,
  limitCodes,
  refusalCodes,
  startCodes,
  storageCodes,
  vendorCodes,
} from '@assay/service/codes'
import { stampCodes } from '@assay/web-build/codes'
import { cliCodes, exitTexts } from './cli-codes.ts'
import { findings } from './findings.ts'

/** The fixed properties of a code besides its texts, as columns of its table: name and value in Markdown. */
export type CodeColumns = Readonly<Record<string, string>>

/** One table of codes, under its heading in `docs/errors.md`. */
export interface CodeSection {
  readonly heading: string
  /** Who shows these codes: a code that the service answers with is looked up among the service's own first. */
  readonly by: 'service' | 'sdk' | 'guard' | 'library' | 'cli'
  readonly codes: ReadonlyMap<string, CodeText & { readonly columns: CodeColumns }>
}

/** What a proxy answers itself: the caller gets the code in lower case. */
const proxyAnswers = { ...proxyRefusals, ...meterFaults, ...proxyMalfunctions }

/** Every code that Assay prints or answers with, in the order of the page. */
export const codeSections: readonly CodeSection[] = [
  section('Problems of the HTTP API', 'service', problems, ({ status }) => ({ status: String(status) })),
  section('Requests beyond a limit', 'service', limitCodes),
  section('Refused builds', 'service', { ...appImageCodes, ...buildReadingCodes }),
  section('Stamping of web builds', 'cli', stampCodes),
  section('SDK', 'sdk', clientCodes, ({ retryable }) => ({ retryable: retryable ? 'yes' : 'no' })),
  section('SDK: React Native', 'sdk', bridgeCodes, ({ retryable }) => ({
    retryable: retryable ? 'yes' : 'no',
  })),
  section('Guard: answers to the caller', 'guard', guardProblems, (_, code) => ({
    status: String(statusOfAnswer(code)),
  })),
  section('Guard: codes of the log', 'guard', { ...guardRefusals, ...guardMalfunctions }, (_, code) => ({
    answered: answersTo(code)
      .map((problem) => `\`${problem}\` ${statusOfAnswer(problem)}`)
      .join(' or '),
  })),
  section('Guard: status lists', 'guard', statusListFaults),
  section('Proxy: answers and codes of the log', 'guard', proxyAnswers, ({ status }) => ({
    status: String(status),
  })),
  section('Proxy: start', 'guard', proxyConfigFaults),
  section('Proxy: notices', 'guard', proxyNotices),
  section('Evidence: admission, agreement, vouching keys', 'service', refusalCodes),
  ...Object.entries(evidenceCodes).map(([heading, codes]) => section(heading, 'service', codes)),
  section('Appraisal', 'service', appraisalCodes),
  section('Policies', 'service', policyCodes),
  section('Measurement', 'service', measurementCodes),
  section('Start of the service', 'service', startCodes),
  section('Storage', 'service', storageCodes),
  section('Vendors', 'service', vendorCodes),
  section('Codec', 'library', codecCodes),
  section('CLI', 'cli', cliCodes, ({ exit }) => ({ exit: String(exit) })),
  section('Findings of assay doctor', 'cli', findings, ({ level }) => ({ level })),
  section('Exit codes of the CLI', 'cli', exitTexts),
]

function section<Table extends CodeTable>(
  heading: string,
  by: CodeSection['by'],
  table: Table,
  columnsOf: (text: Table[keyof Table], code: keyof Table & string) => CodeColumns = () => ({}),
): CodeSection {
  const entries = Object.entries(table) as [keyof Table & string, Table[keyof Table]][]
  const codes = new Map(
    entries.map(([code, text]) => {
      const { meaning, action } = text
      return [code, { meaning, action, columns: columnsOf(text, code) }]
    }),
  )
  return { heading, by, codes }
}
