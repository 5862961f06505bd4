import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

precacheAndRoute(self.__WB_MANIFEST)
cleanupOutdatedCaches()
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html')))
addEventListener('message', ({ data }) => data?.type === 'SKIP_WAITING' && skipWaiting())
if (settings.registerType === 'autoUpdate') {
  skipWaiting()
  addEventListener('activate', (event) => event.waitUntil(clients.claim()))
}
