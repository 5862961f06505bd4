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

/** The app: its orders for whoever has signed in, and below them how it stands with the attestation. */
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
