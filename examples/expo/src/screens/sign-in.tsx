import { useState } from 'react'
import { Button, Text, TextInput, View } from 'react-native'
import { useAssay } from '@assay/react-native'
import { signIn } from '../session.ts'

interface SignInProps {
  readonly api: string
  readonly onSignedIn: (token: string) => void
}

export function SignIn({ api, onSignedIn }: SignInProps) {
  const assay = useAssay()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [notice, setNotice] = useState<string>()

  async function submit() {
    const signedIn = await signIn(assay, api, name, password)
    if ('token' in signedIn) onSignedIn(signedIn.token)
    else setNotice(signedIn.notice)
  }

  return (
    <View>
      <TextInput placeholder="Name" value={name} onChangeText={setName} autoCapitalize="none" />
      <TextInput placeholder="Password" value={password} onChangeText={setPassword} secureTextEntry />
      <Button title="Sign in" onPress={submit} />
      {notice === undefined ? null : <Text>{notice}</Text>}
    </View>
  )
}
