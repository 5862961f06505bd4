import { fromDigest, toDigest } from '../database/digest-column.ts'
import type { EvidencePacking } from '../database/evidence-packing.ts'
import type { Database } from '../database/tables.ts'
import { numbered } from './enrolments.ts'
import type {
  InquiryDue,
  InquiryLearned,
  InquiryLook,
  InquiryPosition,
  InquiryStore,
} from '../../attestation/inquiries.ts'

/**
 * Inquiries that one search may skip for each one that it should find: an app whose vendor is away for days may have
 * any number.
 */
export const passedOverForEach = 50

export async function dueInquiries(
  db: Database,
  packing: EvidencePacking,
  now: number,
  { limit, without, after }: InquiryLook,
): ReturnType<InquiryStore['due']> {
  const mostSeen = without.size === 0 ? limit : limit * passedOverForEach
  const seen = await db
    .selectFrom('installation_evidence')
    .innerJoin('installations', 'id', 'installation')
    .innerJoin('app_numbers', 'number', 'installations.app')
    .select(['app_numbers.app', 'installation', 'ask_at as askAt'])
    .where('ask_at', '<=', now)
    .$if(after !== undefined, (query) =>
      query.where(({ eb, refTuple, tuple }) => {
        const { askAt, installation } = after as InquiryPosition
        return eb(refTuple('ask_at', 'installation'), '>', tuple(askAt, installation))
      }),
    )
    .orderBy('ask_at')
    .orderBy('installation')
    .limit(mostSeen)
    .$narrowType<{ askAt: number }>()
    .execute()
  const wanted = seen.filter(({ app }) => !without.has(app)).slice(0, limit)
  const isWhole = seen.length < mostSeen && wanted.length < limit
  const last = wanted.length === limit ? wanted.at(-1) : seen.at(-1)
  return {
    due: wanted.length === 0 ? [] : await inquiriesOf(db, packing, wanted),
    after: isWhole || last === undefined ? undefined : { askAt: last.askAt, installation: last.installation },
  }
}

async function inquiriesOf(
  db: Database,
  { unpack }: EvidencePacking,
  wanted: readonly { app: string; installation: number; askAt: number }[],
): Promise<InquiryDue[]> {
  const rows = await db
    .selectFrom('installation_evidence')
    .innerJoin('installations', 'id', 'installation')
    .select(['installation', 'thumbprint', 'evidence', 'receipt'])
    .where(
      'installation',
      'in',
      wanted.map(({ installation }) => installation),
    )
    .execute()
  const found = new Map(rows.map((row) => [row.installation, row]))
  const due: InquiryDue[] = []
  for (const { app, installation, askAt } of wanted) {
    const { thumbprint, evidence, receipt } = found.get(installation) ?? { receipt: null }
    if (receipt !== null)
      due.push({ app, thumbprint: fromDigest(thumbprint), evidence: await unpack(evidence), receipt, askAt })
  }
  return due
}

/** Of the installation that an inquiry is about. */
function idOf(db: Database, { app, thumbprint }: InquiryDue) {
  return db
    .selectFrom('installations')
    .select('id')
    .where('app', '=', numbered(app))
    .where('thumbprint', '=', toDigest(thumbprint))
}

export async function takeInquiry(db: Database, due: InquiryDue, until: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('installation_evidence')
    .set({ ask_at: until })
    .where('installation', '=', idOf(db, due))
    .where('ask_at', '=', due.askAt)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

export async function learn(
  db: Database,
  { pack }: EvidencePacking,
  inquiry: InquiryDue,
  { evidence, receipt, askAt }: InquiryLearned,
): Promise<void> {
  const packed = await pack(evidence)
  await db
    .updateTable('installation_evidence')
    .set({
      evidence: packed,
      receipt: Buffer.from(receipt),
      ask_at: askAt ?? null,
    })
    .where('installation', '=', idOf(db, inquiry))
    .where('receipt', '=', Buffer.from(inquiry.receipt))
    .execute()
}
