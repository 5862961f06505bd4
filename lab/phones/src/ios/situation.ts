import type { IosStage } from './stage.ts'

/** Something that happens to an app on an iPhone, and the outcome that it must have. */
export interface Situation {
  readonly name: string
  /** @throws AssertionError if the outcome is another one */
  run(stage: IosStage): Promise<void>
}

export const orders = (stage: IosStage) => ({ url: `${stage.api.url}/v1/orders` })
/** Formats of the evidence that arrived, attestation by attestation. */
export const formats = (passed: readonly { path: string; body: string }[]) =>
  passed
    .filter(({ path }) => path === '/v1/attestations')
    .map(({ body }) =>
      (JSON.parse(body) as { evidence: { format: string }[] }).evidence.map(({ format }) => format),
    )

/** The key in `cnf` of a token. */
export function thumbprint(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { cnf: object }
  return JSON.stringify(claims.cnf)
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
