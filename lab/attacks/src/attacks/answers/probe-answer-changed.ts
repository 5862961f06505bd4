import { tamperedAnswer, withClientData } from '../../kinds/tampered-answer.ts'

export const probeAnswerChanged = tamperedAnswer({
  id: 'probe-answer-changed',
  title: "A probe's answer is changed on its way",
  oat: 'OAT-009',
  method: 'after it was folded into the measurement; signed again',
  tamper: withClientData(({ probes }) => {
    const [first] = Object.keys(probes)
    if (first === undefined) throw new Error('no probe was asked')
    return { probes: { ...probes, [first]: 'something-else' } }
  }),
})
