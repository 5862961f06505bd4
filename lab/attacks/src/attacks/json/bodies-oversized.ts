import { challengeBodies } from '../../kinds/challenge-body.ts'

export const bodiesOversized = challengeBodies({
  id: 'bodies-oversized',
  title: 'Bodies that are larger than any sound one',
  oat: 'OAT-015',
  method: 'white space, a long name, many audiences; 9 kB to 1 MB',
  bodies: (genuine) => [
    { body: genuine + ' '.repeat(9_000) },
    { body: genuine.replace('"sdk":"', `"sdk":"${'s'.repeat(1_000_000)}`) },
    { body: genuine.replace('"audiences":[', `"audiences":[${'"https://a.example",'.repeat(1_000)}`) },
  ],
})
