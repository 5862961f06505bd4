import { z } from 'zod'
import { evidencePurposes, type AttestationResponse, type ChallengeResponse } from '../wire/attestation.ts'
import { count } from './values.ts'

export const challenge = z.object({
  attestation_challenge: z.string().length(64),
  plan: z.string(),
  expires_in: count,
  evidence: z.enum(evidencePurposes).exactOptional(),
}) satisfies z.ZodType<ChallengeResponse>

export const attestation = z.object({
  tokens: z.array(z.object({ audience: z.string(), token: z.string(), expires_in: count })),
  refresh_after: count,
  server_time: count,
  trace: z.string(),
}) satisfies z.ZodType<AttestationResponse>
