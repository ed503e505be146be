/** The views, in the order of the work. Each is loaded when it is first shown. */

import { createRouter, createWebHashHistory, type Router } from 'vue-router'

export interface ViewEntry {
  readonly name: string
  readonly label: string
  readonly path: string
  /** One sentence for the palette and the tooltip. */
  readonly meaning: string
}

export const views: readonly ViewEntry[] = [
  { name: 'design', label: 'Design', path: '/design', meaning: 'The scenario: guest, workload, link, tracking, strategy, with a live preview' },
  { name: 'suite', label: 'Suite', path: '/suite', meaning: 'What to vary, how often to repeat, and the runs it makes' },
  { name: 'runs', label: 'Run', path: '/runs', meaning: 'The queue, its progress, and the migration at work' },
  { name: 'results', label: 'Results', path: '/results', meaning: 'All runs in a table: filter, sort, group, open one' },
  { name: 'compare', label: 'Compare', path: '/compare', meaning: 'Charts over factors, suites and runs, against a baseline' },
  { name: 'figures', label: 'Figures', path: '/figures', meaning: 'Figures for a paper at their true size' },
  { name: 'fidelity', label: 'Fidelity', path: '/fidelity', meaning: 'How far the simulation is from what was measured' },
  { name: 'hosts', label: 'Hosts', path: '/hosts', meaning: 'Machines with an agent: whether they answer, and how to add one' },
]

export function createAppRouter(): Router {
  return createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'welcome', component: () => import('./features/welcome/WelcomeView.vue') },
      { path: '/design', name: 'design', component: () => import('./features/scenarios/DesignView.vue') },
      { path: '/suite', name: 'suite', component: () => import('./features/suites/SuiteView.vue') },
      { path: '/runs', name: 'runs', component: () => import('./features/runs/RunsView.vue') },
      { path: '/results', name: 'results', component: () => import('./features/results/ResultsView.vue') },
      { path: '/results/run/:runId', name: 'run', component: () => import('./features/results/RunView.vue') },
      { path: '/compare', name: 'compare', component: () => import('./features/compare/CompareView.vue') },
      { path: '/figures', name: 'figures', component: () => import('./features/figures/FiguresView.vue') },
      { path: '/fidelity', name: 'fidelity', component: () => import('./features/fidelity/FidelityView.vue') },
      { path: '/hosts', name: 'hosts', component: () => import('./features/hosts/HostsView.vue') },
      { path: '/settings', name: 'settings', component: () => import('./features/settings/SettingsView.vue') },
      { path: '/:rest(.*)*', redirect: '/' },
    ],
  })
}
