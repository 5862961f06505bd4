import { challengeBodies } from '../../kinds/challenge-body.ts'

export const jsonDuplicateMembers = challengeBodies({
  id: 'json-duplicate-members',
  title: 'JSON that names a member twice',
  oat: 'OAT-014',
  method:
    'the app twice, in either order and once escaped: a proxy and the service might believe different ones',
  bodies: (genuine) => [
    { body: genuine.replace('{', '{"app":"com.example.other",') },
    { body: genuine.replace(/\}$/, ',"app":"com.example.other"}') },
    { body: genuine.replace('{', '{"\\u0061pp":"com.example.other",') },
  ],
})
