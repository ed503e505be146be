/** Starts the window: connection, stores, router, first view. */

import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { connectToProgram } from './api/connection.ts'
import { appKey } from './api/app.ts'
import { createAppRouter } from './router.ts'
import { useSession } from './stores/session.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'

const app = createApp(App)
app.use(createPinia())

const program = connectToProgram()
app.provide(appKey, program)
app.use(createAppRouter())

const session = useSession()
session.attach(program)
app.mount('#app')
