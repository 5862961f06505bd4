import { Button, Text, View } from 'react-native'
import { useAttestation } from '@assay/react-native'

/** Only for the example: users need it only if something fails. */
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
