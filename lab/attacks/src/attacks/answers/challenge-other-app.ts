import { tamperedAnswer, withClientData } from '../../kinds/tampered-answer.ts'

export const challengeOtherApp = tamperedAnswer({
  id: 'challenge-other-app',
  title: 'A challenge for one app is answered in the name of another',
  oat: 'OAT-019',
  method: "client data names the owner's web app, whose code is easier to have",
  tamper: withClientData(() => ({ app: 'com.example.web', build: '2.0' })),
})
