/** An API that takes a key which apps carry, and the route of `assay guard proxy` that would hold the key instead. */
export interface SecretProvider {
  /** Name of the rule that finds the key: of secretlint, or that of `shape`. */
  readonly rule: string
  readonly name: string
  readonly upstream: string
  /** Field or query parameter that takes the key, as `--inject` has it, up to the key. */
  readonly inject: string
  /** What apps call most. */
  readonly route: string
  /** Keys that secretlint's rules do not know. Only such as nothing else looks like. */
  readonly shape?: RegExp
  readonly source: string
}

/**
 * What is known of APIs with keys. It advises and decides nothing: an operator compares it with the vendor's own page.
 *
 * As of 2026-12-01, by the pages that are named. None of the APIs was called.
 */
export const secretProviders: readonly SecretProvider[] = [
  {
    rule: 'openai',
    name: 'OpenAI',
    upstream: 'https://api.openai.com',
    inject: 'Authorization: Bearer ',
    route: 'POST /v1/responses',
    source: 'https://platform.openai.com/docs/api-reference/authentication',
  },
  {
    rule: 'anthropic',
    name: 'Anthropic',
    upstream: 'https://api.anthropic.com',
    inject: 'x-api-key: ',
    route: 'POST /v1/messages',
    source: 'https://docs.claude.com/en/api/overview',
  },
  {
    rule: 'openrouter',
    name: 'OpenRouter',
    upstream: 'https://openrouter.ai',
    inject: 'Authorization: Bearer ',
    route: 'POST /api/v1/chat/completions',
    shape: /\bsk-or-v1-[0-9a-f]{64}\b/g,
    source: 'https://openrouter.ai/docs/api-reference/authentication',
  },
  {
    rule: 'groq',
    name: 'Groq',
    upstream: 'https://api.groq.com',
    inject: 'Authorization: Bearer ',
    route: 'POST /openai/v1/chat/completions',
    shape: /\bgsk_[A-Za-z0-9]{52}\b/g,
    source: 'https://console.groq.com/docs/api-reference',
  },
  {
    rule: 'huggingface',
    name: 'Hugging Face',
    upstream: 'https://router.huggingface.co',
    inject: 'Authorization: Bearer ',
    route: 'POST /v1/chat/completions',
    shape: /\bhf_[A-Za-z]{34}\b/g,
    source: 'https://huggingface.co/docs/hub/security-tokens',
  },
  {
    rule: 'replicate',
    name: 'Replicate',
    upstream: 'https://api.replicate.com',
    inject: 'Authorization: Bearer ',
    route: 'POST /v1/predictions',
    shape: /\br8_[A-Za-z0-9]{37}\b/g,
    source: 'https://replicate.com/docs/reference/http',
  },
  {
    rule: 'stripe',
    name: 'Stripe',
    upstream: 'https://api.stripe.com',
    inject: 'Authorization: Bearer ',
    route: 'POST /v1/payment_intents',
    shape: /\b[sr]k_live_[0-9A-Za-z]{24,247}\b/g,
    source: 'https://docs.stripe.com/keys',
  },
  {
    rule: 'mapbox',
    name: 'Mapbox, secret token',
    upstream: 'https://api.mapbox.com',
    inject: '?access_token=',
    route: 'GET /search/geocode/v6/**',
    shape: /\bsk\.eyJ[0-9A-Za-z_-]{20,200}\.[0-9A-Za-z_-]{20,60}\b/g,
    source: 'https://docs.mapbox.com/help/dive-deeper/access-tokens/',
  },
  {
    rule: 'sendgrid',
    name: 'SendGrid',
    upstream: 'https://api.sendgrid.com',
    inject: 'Authorization: Bearer ',
    route: 'POST /v3/mail/send',
    source: 'https://www.twilio.com/docs/sendgrid/for-developers/sending-email/authentication',
  },
  {
    rule: 'slack',
    name: 'Slack',
    upstream: 'https://slack.com',
    inject: 'Authorization: Bearer ',
    route: 'POST /api/chat.postMessage',
    source: 'https://docs.slack.dev/authentication/tokens',
  },
  {
    rule: 'github',
    name: 'GitHub',
    upstream: 'https://api.github.com',
    inject: 'Authorization: Bearer ',
    route: 'POST /repos/*/*/issues',
    source: 'https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api',
  },
  {
    rule: 'linear',
    name: 'Linear',
    upstream: 'https://api.linear.app',
    inject: 'Authorization: ',
    route: 'POST /graphql',
    source: 'https://linear.app/developers/graphql',
  },
  {
    rule: 'shopify',
    name: 'Shopify',
    upstream: 'https://YOUR-SHOP.myshopify.com',
    inject: 'X-Shopify-Access-Token: ',
    route: 'POST /admin/api/*/graphql.json',
    source: 'https://shopify.dev/docs/api/admin-graphql',
  },
]

/** The route that would replace a secret; `undefined` for one that is no key of one API, such as a private key. */
export function providerOf(rule: string): SecretProvider | undefined {
  return secretProviders.find((provider) => provider.rule === rule)
}
