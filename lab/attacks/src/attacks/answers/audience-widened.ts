import { tamperedAnswer, withClientData } from '../../kinds/tampered-answer.ts'

export const audienceWidened = tamperedAnswer({
  id: 'audience-widened',
  title: 'Client data asks for an audience that the app may not have',
  oat: 'OAT-020',
  method: 'the challenge was asked for with the registered ones; another is added when answering',
  tamper: withClientData(({ audiences }) => ({ audiences: [...audiences, 'https://admin.example.com'] })),
})
