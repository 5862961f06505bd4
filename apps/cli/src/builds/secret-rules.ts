import { ownSecretsIn } from '@assay/app-image'
import { lintSource } from '@secretlint/core'
import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import { secretProviders } from './secret-providers.ts'

/** What a rule found in a text. */
export interface RuleMatch {
  /** Short name of the rule, such as `github` or `privatekey`. */
  rule: string
  start: number
  end: number
}

const rulePrefix = '@secretlint/secretlint-rule-'
/** Lets comments in a text switch rules off, which foreign texts must not do. */
const commentRule = `${rulePrefix}filter-comments`
const applied = rules
  .filter(({ meta }) => meta.id !== commentRule)
  .map((rule) => ({ id: rule.meta.id, rule }))

/** Runs secretlint's recommended rules over a text, one of our own for secrets of Assay (`assay`), and the shapes of providers' keys. Comments in it that would switch rules off have no effect. */
export async function matchRules(text: string): Promise<RuleMatch[]> {
  const { messages } = await lintSource({
    source: { filePath: 'strings.txt', content: text, contentType: 'text', ext: '.txt' },
    options: {
      noPhysicFilePath: true,
      config: { rules: applied },
    },
  })
  const own = ownSecretsIn(text).map((place) => ({ rule: 'assay', ...place }))
  const others = messages.map(({ ruleId, range: [start, end] }) => ({
    rule: ruleId.startsWith(rulePrefix) ? ruleId.slice(rulePrefix.length) : ruleId,
    start,
    end,
  }))
  const shapes = shapesIn(text)
  // A key is of the provider whose shape it has, though a rule may take its beginning for another's.
  const isShaped = ({ start }: RuleMatch) => shapes.some((shape) => start >= shape.start && start < shape.end)
  return [...own, ...shapes, ...others.filter((match) => !isShaped(match))]
}

function shapesIn(text: string): RuleMatch[] {
  return secretProviders.flatMap(({ rule, shape }) =>
    shape === undefined
      ? []
      : [...text.matchAll(shape)].map(({ 0: key, index }) => ({
          rule,
          start: index,
          end: index + key.length,
        })),
  )
}
