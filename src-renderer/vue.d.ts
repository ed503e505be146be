/// <reference types="vite/client" />

// For tools that do not compile Vue files themselves; vue-tsc knows each component exactly.
declare module '*.vue' {
  import type { DefineComponent } from 'vue'

  const component: DefineComponent
  export default component
}
