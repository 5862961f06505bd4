import { Button, Text, View } from 'react-native'
import { useAttestation } from '@assay/react-native'

/** For the sake of the example: users have no need of it until something fails. */
export function AttestationState() {
  const { state, error, retry } = useAttestation()
  return (
    <View>
      <Text>Attestation: {state}</Text>
      {error === undefined ? null : <Text>{error.trace ?? error.code}</Text>}
      {state === 'failing' ? <Button title="Try again" onPress={retry} /> : null}
    </View>
  )
}
