import type { CodeTable } from '@assay/protocol'

/** The limit that a request with 429 or 503 was beyond, as `assay stats --by code` counts it; the caller learns the problem alone. */
export const limitCodes = {
  LIMIT_NETWORK: {
    meaning: 'A network (/24, or /64 with the /56 and /48 around it) sent more requests than its quota.',
    action:
      'If they are genuine, such as phones behind the NAT of a carrier: `assay serve --limit network=REQUESTS/SECONDS` (default 12000/60). Behind a proxy name it (`--trusted-proxy ADDRESS`).',
  },
  LIMIT_CHALLENGES: {
    meaning: 'A network asked for more challenges, or development tokens, than its quota.',
    action:
      'If they are genuine: `assay serve --limit challenges=REQUESTS/SECONDS` (default 6000/60), and `network` to twice as much. docs/sizing.md says from how many installations behind one network that is needed.',
  },
  LIMIT_APP: {
    meaning: 'An app sent more signed attestations than its quota.',
    action:
      'If its installations are as many: `assay serve --limit app=REQUESTS/SECONDS` (default 60000/60).',
  },
  LIMIT_GUESSES: {
    meaning: 'A network sent more API keys that do not exist than it may.',
    action:
      'Look for a pipeline with an old key behind that address; otherwise somebody guesses, and is kept from it.',
  },
  LIMIT_KEY: {
    meaning:
      'An API key, or the console under it, sent more requests than its quota, or had too many large requests waiting.',
    action:
      'If that is its pipeline: `assay serve --limit key=REQUESTS/SECONDS` (default 3000/60). The log has each change that a key makes, with its id; otherwise remove it: `assay key remove ID`.',
  },
  LIMIT_LOOKUP: {
    meaning:
      'A support key sent more requests than its quota, or a key with another scope looked up more installations.',
    action:
      'Somebody goes through the users of an app, or a program has the key: the audit log and `assay key list` say whose it is, `assay key remove ID` ends it. If it is one person who works: `assay serve --limit lookup=REQUESTS/SECONDS` (default 2400/3600).',
  },
  LIMIT_CAPACITY: {
    meaning: 'The node had more requests than it could take in within 5 seconds.',
    action: 'Add a node, or find out what sends so much: docs/sizing.md.',
  },
} as const satisfies CodeTable

export type LimitCode = keyof typeof limitCodes
