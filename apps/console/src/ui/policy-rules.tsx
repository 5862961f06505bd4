import { Badge, TierBadge } from './badge.tsx'
import { conditionInWords } from './condition-in-words.ts'
import { RefusalsLink } from './links.tsx'

interface Document {
  required?: { claim: string; one_of: unknown[] }[]
  rules?: { when: string; tier: string; reason?: string; description?: string }[]
}

/** A policy as a table of its rules. */
export function Rules({ document }: { document: unknown }) {
  const { required = [], rules = [] } = (document ?? {}) as Document
  return (
    <div className="table-scroller" role="region" aria-label="Rules" tabIndex={0}>
      <table className="table table-text">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">At best</th>
            <th scope="col">Reason</th>
          </tr>
        </thead>
        <tbody>
          {required.map(({ claim, one_of: values }) => (
            <tr key={`required ${claim}`}>
              <td>
                <code>{claim}</code> is not {values.map((value) => JSON.stringify(value)).join(' or ')}
              </td>
              <td>
                <TierBadge tier="none" />
              </td>
              <td>
                <Badge tone="plain">required</Badge>
              </td>
            </tr>
          ))}
          {rules.map(({ when, tier, reason, description }, index) => (
            <tr key={index}>
              <td>
                {description === undefined ? null : <span className="block">{description}</span>}
                <span className="condition">{conditionInWords(when)}</span>
              </td>
              <td>
                <TierBadge tier={tier} />
              </td>
              <td>
                {reason === undefined ? (
                  <span className="muted">–</span>
                ) : (
                  <RefusalsLink where={{ code: reason }}>
                    <code>{reason}</code>
                  </RefusalsLink>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
