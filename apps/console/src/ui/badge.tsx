import type { ReactNode } from 'react'

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'plain'

/** A short word for the state of something. The colour says nothing that the word does not. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>
}

const outcomes: Readonly<Record<string, [Tone, string]>> = {
  result: ['good', 'passed'],
  denied: ['bad', 'refused'],
  malfunction: ['warn', 'malfunction'],
  hearsay: ['info', 'reported'],
}

export function OutcomeBadge({ outcome }: { outcome: string }) {
  const [tone, word] = outcomes[outcome] ?? ['plain', outcome]
  return <Badge tone={tone}>{word}</Badge>
}

const tiers: Readonly<Record<string, Tone>> = {
  affirming: 'good',
  warning: 'warn',
  contraindicated: 'bad',
  none: 'bad',
}

export function TierBadge({ tier }: { tier: string }) {
  return <Badge tone={tiers[tier] ?? 'plain'}>{tier}</Badge>
}

const states: Readonly<Record<string, Tone>> = { active: 'good', pending: 'warn', retired: 'plain' }

export function StateBadge({ state }: { state: string }) {
  return <Badge tone={states[state] ?? 'plain'}>{state}</Badge>
}
