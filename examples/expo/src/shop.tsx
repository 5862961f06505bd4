import { useState } from 'react'
import { View } from 'react-native'
import { AssayProvider, type Assay } from '@assay/react-native'
import { AttestationState } from './screens/attestation-state.tsx'
import { OrderList } from './screens/order-list.tsx'
import { SignIn } from './screens/sign-in.tsx'

interface ShopProps {
  readonly assay: Assay
  readonly api: string
}

/** The app: the orders of the signed-in user, and below them the state of the attestation. */
export function Shop({ assay, api }: ShopProps) {
  const [token, setToken] = useState<string>()
  return (
    <AssayProvider assay={assay}>
      <View>
        {token === undefined ? (
          <SignIn api={api} onSignedIn={setToken} />
        ) : (
          <OrderList api={api} token={token} />
        )}
        <AttestationState />
      </View>
    </AssayProvider>
  )
}
