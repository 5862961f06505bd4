import { createElement } from 'react'
import { create } from 'react-test-renderer'
import { Shop } from '../../../examples/expo/src/shop.tsx'

let root

/** What a user of the example does, and sees. */
export const screens = {
  async open({ api }, assay) {
    root = create(createElement(Shop, { assay, api }))
    return shown()
  },
  async type({ into, text }) {
    found('TextInput', 'placeholder', into).onChangeText(text)
    return shown()
  },
  async press({ title }) {
    found('Button', 'title', title).onPress()
    return shown()
  },
  look: () => shown(),
}

function found(wanted, name, value) {
  return root.root.find(({ type, props }) => type === wanted && props[name] === value).props
}

async function shown() {
  // React renders in a turn of its own.
  for (let i = 0; i < 20; i++) await undefined
  const texts = root.root.findAll(({ type }) => type === 'Text').map(({ children }) => children.join(''))
  return { texts }
}
