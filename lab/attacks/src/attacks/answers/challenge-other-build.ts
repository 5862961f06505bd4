import { tamperedAnswer, withClientData } from '../../kinds/tampered-answer.ts'

export const challengeOtherBuild = tamperedAnswer({
  id: 'challenge-other-build',
  title: 'A challenge for one build is answered in the name of another',
  oat: 'OAT-019',
  method: 'client data names another registered build of the same app',
  tamper: withClientData(() => ({ build: 'successor' })),
})
