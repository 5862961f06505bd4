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
        <p>Enough users were reached, hardly any of them is refused, and no OS version stands out.</p>
      ) : (
        <ul>
          {doubts.map((doubt) => (
            <li key={`${doubt.kind} ${doubt.of ?? ''}`}>{inWords(doubt, safe)}</li>
          ))}
        </ul>
      )}
      <p className="muted small">
        The rule, within the time chosen above: the build has reached at least{' '}
        {number.format(rule.least_reached)} users; at most {share.format(rule.most_refused)} of them are
        refused (the upper end of the 95 % interval counts; estimates count as if they were two standard
        errors worse); no OS version has {rule.least_of_os_version} or more refused users and more than{' '}
        {share.format(rule.most_of_os_version)} refused (the lower end counts); no API that only observes
        would refuse more than {share.format(rule.most_refused)} for their tier (the upper end counts); and
        every build, tier and code is counted by itself.
      </p>
    </Section>
  )
}

function inWords({ kind, installations, of = '' }: Safe['doubts'][number], { rule, refused_share }: Safe) {
  const count = number.format(installations)
  switch (kind) {
    case 'too_few':
      return `Only ${count} users were reached; ${number.format(rule.least_reached)} are needed.`
    case 'refused':
      return `${count} users are refused: ${share.format(refused_share.low)} to ${share.format(refused_share.high)} of all (95 %).`
    case 'os_version':
      return `${count} users of ${of === '' ? 'devices that state no OS version' : of} are refused.`
    case 'uncounted':
      return `${count} users are counted without their ${of}: there are too many to count each.`
    case 'observed':
      return `${of} only observes, and would refuse ${count} users for their tier.`
  }
}
