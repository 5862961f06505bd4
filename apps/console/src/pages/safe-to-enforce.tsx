import type { Rollout } from '@assay/protocol/schemas'
import { Badge } from '../ui/badge.tsx'
import { Section } from '../ui/page.tsx'

const number = new Intl.NumberFormat('en')
const share = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 })

type Safe = Rollout['safe_to_enforce']

/** Whether the build is safe to enforce, what speaks against it, and the rule. */
export function SafeToEnforce({ rollout: { safe_to_enforce: safe } }: { rollout: Rollout }) {
  const { is_safe, doubts, rule } = safe
  return (
    <Section
      title="Safe to enforce"
      actions={is_safe ? <Badge tone="good">yes</Badge> : <Badge tone="warn">not yet</Badge>}
    >
      {is_safe ? (
        <p>Enough users were reached, hardly any are refused, and no OS version stands out.</p>
      ) : (
        <ul>
          {doubts.map((doubt) => (
            <li key={`${doubt.kind} ${doubt.of ?? ''}`}>{inWords(doubt, safe)}</li>
          ))}
        </ul>
      )}
      <div className="muted small rule">
        <p>It is safe when, within the time chosen above,</p>
        <ul>
          <li>the build has reached at least {number.format(rule.least_reached)} users;</li>
          <li>
            at most {share.format(rule.most_refused)} of them are refused (upper end of the 95% interval;
            estimates count as two standard errors worse);
          </li>
          <li>
            no OS version has {rule.least_of_os_version} or more refused users that are more than{' '}
            {share.format(rule.most_of_os_version)} of its users (lower end);
          </li>
          <li>
            no API that only observes would refuse more than {share.format(rule.most_refused)} of the users
            for their tier (upper end);
          </li>
          <li>every build, tier and code is counted by itself.</li>
        </ul>
      </div>
    </Section>
  )
}

function inWords({ kind, installations, of = '' }: Safe['doubts'][number], { rule, refused_share }: Safe) {
  const count = number.format(installations)
  switch (kind) {
    case 'too_few':
      return `Only ${count} users were reached; ${number.format(rule.least_reached)} are needed.`
    case 'refused':
      return `${count} users are refused: ${share.format(refused_share.low)} to ${share.format(refused_share.high)} of all (95% interval).`
    case 'os_version':
      return of === ''
        ? `${count} users whose devices state no OS version are refused.`
        : `${count} users of ${of} are refused.`
    case 'uncounted':
      return `${count} users are counted without their ${of}: there are too many to count each.`
    case 'observed':
      return `${of} only observes, and would refuse ${count} users for their tier.`
  }
}
