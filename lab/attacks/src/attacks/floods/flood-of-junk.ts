import { paths } from '@assay/protocol'
import { randomBytes } from 'node:crypto'
import { flood } from '../../kinds/flood.ts'

export const floodOfJunk = flood({
  id: 'flood-of-junk',
  title: 'A flood of junk answers, from 60 networks',
  oat: 'OAT-015',
  method:
    '1,800 answers of up to 80 kB with random client data and signature; genuine devices enrol meanwhile',
  networks: 60,
  firstNetwork: 1,
  requests: 30,
  path: paths.attestations,
  body: (_world, n) =>
    JSON.stringify({
      client_data: randomBytes(n % 10 === 0 ? 60_000 : 1_500).toString('base64url'),
      signature: randomBytes(64).toString('base64url'),
      evidence: [],
    }),
})
