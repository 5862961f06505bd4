import { createAssay } from '@assay/react-native'
import { registerRootComponent } from 'expo'
import { createElement } from 'react'
import { Shop } from './src/shop.tsx'

const assay = createAssay()

registerRootComponent(() => createElement(Shop, { assay, api: 'https://api.example.com' }))
