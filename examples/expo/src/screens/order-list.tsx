import { useCallback, useEffect, useState } from 'react'
import { Button, Text, View } from 'react-native'
import { useAssay } from '@assay/react-native'
import { loadOrders, type Orders } from '../orders.ts'

interface OrderListProps {
  readonly api: string
  readonly token: string
}

export function OrderList({ api, token }: OrderListProps) {
  const assay = useAssay()
  const [orders, setOrders] = useState<Orders>()
  const load = useCallback(async () => setOrders(await loadOrders(assay, api, token)), [assay, api, token])
  useEffect(() => void load(), [load])

  if (orders === undefined) return <Text>Loading</Text>
  return (
    <View>
      {orders.notice === undefined ? null : <Text>{orders.notice}</Text>}
      {orders.list.map(({ id, item }) => (
        <Text key={id}>
          {id}: {item}
        </Text>
      ))}
      <Button title="Load again" onPress={load} />
    </View>
  )
}
