import type { AdmissibleTier } from '@assay/protocol'
import type { MeterForm } from './form.ts'
import type { MeterScope } from './meter.ts'
import { type CostRules, type CostSource, mostCounted, type ReservedCost } from '../cost/cost-rules.ts'
import { stepsOf } from '../request/json-pointer.ts'
import type { Limit, MeterRules } from './rules.ts'
import { type Allowance, parseAllowance, windowLengths } from './window.ts'

export const defaultStreams = 4
const defaultBits = { ipv4: 24, ipv6: 56 } as const

/** What the rules of a meter depend on besides its own form. */
export interface MeteredRoute {
  readonly route: string
  readonly tiers: readonly AdmissibleTier[]
  readonly development: boolean
  /** Seconds that a request may take in all. */
  readonly longest: number
}

/** The rules of a route's meter cannot be applied. The message names the member. */
export class MeterRulesError extends Error {
  override readonly name = 'MeterRulesError'
}

/**
 * The rules of a route. Without a form it has no limits, and its requests are only counted.
 *
 * @throws MeterRulesError
 */
export function readMeterRules(form: MeterForm | undefined, route: MeteredRoute): MeterRules {
  const { route: name, longest } = route
  const cost = form?.cost === undefined ? undefined : readCost(form.cost)
  const limits = form === undefined ? [] : readLimits(form)
  const streams = form === undefined ? Infinity : (form.installation?.streams ?? defaultStreams)
  if (form !== undefined) checkLimits(form, limits, cost, route)
  const { ipv4 = defaultBits.ipv4, ipv6 = defaultBits.ipv6 } = form?.network ?? {}
  return {
    route: name,
    limits: [...limits, ...counters(limits, cost)],
    streams,
    needsHardware: unboundedUnit(limits) !== undefined,
    networkBits: { ipv4, ipv6 },
    cost,
    longest,
  }
}

function readLimits({ installation, network, app, all, cost }: MeterForm): Limit[] {
  const forms = { installation, network, app, all }
  const stated = (Object.keys(forms) as MeterScope[]).flatMap((scope) => [
    ...limitsOf(scope, 'requests', forms[scope]?.requests),
    ...limitsOf(scope, 'cost', forms[scope]?.cost),
  ])
  const budgets = (all?.budget ?? []).map(({ money, per }): Limit => {
    if (cost?.price === undefined) throw new MeterRulesError('all.budget needs cost.price')
    const limit = Math.min(mostCounted, Math.floor(money / cost.price))
    return { scope: 'all', unit: 'cost', limit, seconds: windowLengths[per], isBudget: true }
  })
  return [...stated, ...budgets]
}

function limitsOf(scope: MeterScope, unit: Limit['unit'], texts: readonly string[] = []): Limit[] {
  return texts.map((text) => ({ scope, unit, ...(parseAllowance(text) as Allowance) }))
}

/** What each installation uses in a day is counted also where it is not limited: `usage` shows it. */
function counters(limits: readonly Limit[], cost: CostRules | undefined): Limit[] {
  const units = cost === undefined ? (['requests'] as const) : (['requests', 'cost'] as const)
  const day = windowLengths.day
  return units
    .filter((unit) => !limits.some((each) => isOf(each, 'installation', unit) && each.seconds === day))
    .map((unit) => ({ scope: 'installation', unit, limit: Infinity, seconds: day }))
}

function isOf(limit: Limit, scope: MeterScope, unit: Limit['unit']): boolean {
  return limit.scope === scope && limit.unit === unit
}

function checkLimits(
  { installation, network, app, all }: MeterForm,
  limits: readonly Limit[],
  cost: CostRules | undefined,
  { tiers, development }: MeteredRoute,
): void {
  if (limits.length === 0 && installation?.streams === undefined)
    throw new MeterRulesError('meter has no limit')
  for (const [name, form] of Object.entries({ network, app, all }))
    if (form !== undefined && !limits.some(({ scope }) => scope === name))
      throw new MeterRulesError(`${name} has no limit`)
  if (cost === undefined && limits.some(({ unit }) => unit === 'cost'))
    throw new MeterRulesError('limits of cost need cost, which says where it is stated')
  const least = cost === undefined ? 0 : cost.reserve.units + (cost.reserve.member === undefined ? 0 : 1)
  for (const { scope, unit, limit } of limits)
    if (unit === 'cost' && limit < Math.max(1, least))
      throw new MeterRulesError(`a limit of ${scope} is less than cost.reserve: no request could pass`)
  checkSoftwareOnly(limits, admitsSoftwareOnly(tiers, development))
}

/**
 * Whoever needs no hardware can be a new installation as often as it likes, so a limit of each installation alone limits
 * nothing. @throws MeterRulesError
 */
function checkSoftwareOnly(limits: readonly Limit[], admitsSoftware: boolean): void {
  const unit = admitsSoftware ? unboundedUnit(limits) : undefined
  if (unit !== undefined)
    throw new MeterRulesError(
      `the route admits callers without hardware evidence, which reinstall at will: limit ${unit} of network too`,
    )
}

/** What is limited for each installation, and not for all of a network. */
function unboundedUnit(limits: readonly Limit[]): Limit['unit'] | undefined {
  const isLimited = (scope: MeterScope, unit: Limit['unit']) =>
    limits.some((limit) => isOf(limit, scope, unit))
  return (['requests', 'cost'] as const).find(
    (unit) => isLimited('installation', unit) && !isLimited('network', unit),
  )
}

/** Only `affirming` says that hardware vouched, by the policies that are built in. */
export function admitsSoftwareOnly(tiers: readonly AdmissibleTier[], development: boolean): boolean {
  return development || tiers.some((tier) => tier !== 'affirming')
}

function readCost({ member, field, reserve, free_statuses }: NonNullable<MeterForm['cost']>): CostRules {
  if ((member === undefined) === (field === undefined))
    throw new MeterRulesError('cost must have member or field, and not both')
  return { from: readSource(member, field), reserve: readReserve(reserve), free: new Set(free_statuses) }
}

function readSource(member: NonNullable<MeterForm['cost']>['member'], field: string | undefined): CostSource {
  if (field !== undefined) return { kind: 'field', name: field.toLowerCase() }
  const weights = typeof member === 'string' ? { [member]: 1 } : (member ?? {})
  const members = Object.entries(weights).map(([pointer, weight]) => ({ path: stepsOf(pointer), weight }))
  if (members.length === 0 || members.length > 8)
    throw new MeterRulesError('cost.member must name 1 to 8 members')
  return { kind: 'body', members }
}

function readReserve({ units, member, otherwise }: NonNullable<MeterForm['cost']>['reserve']): ReservedCost {
  if (member === undefined) {
    if (units === undefined || units === 0 || otherwise !== undefined)
      throw new MeterRulesError('cost.reserve must have units of at least 1, or member and otherwise')
    return { units, otherwise: 0 }
  }
  if (otherwise === undefined || otherwise === 0)
    throw new MeterRulesError('cost.reserve.otherwise must be at least 1, for bodies without the member')
  return { units: units ?? 0, member: stepsOf(member), otherwise }
}
