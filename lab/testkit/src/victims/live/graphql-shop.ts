import { GraphQLInt, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { orders } from '../frameworks/orders.ts'

const order = new GraphQLObjectType({
  name: 'Order',
  fields: { id: { type: GraphQLInt }, item: { type: GraphQLString } },
})

/** The shop's API in GraphQL. Its subscription gives every order once, and ends. */
export const shop = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: { orders: { type: new GraphQLList(order), resolve: () => orders.list.body.orders } },
  }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      placed: {
        type: order,
        async *subscribe() {
          for (const placed of orders.list.body.orders) yield await Promise.resolve({ placed })
        },
      },
    },
  }),
})
