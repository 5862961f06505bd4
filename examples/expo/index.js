import { createAssay } from '@assay/react-native'
import { registerRootComponent } from 'expo'
import { Shop } from './src/shop.tsx'

const assay = createAssay()

registerRootComponent(() => <Shop assay={assay} api="https://api.example.com" />)
