/**
 * Colours, marks and dashes: one table for the whole application. The hues are those of Okabe and Ito (2008), which
 * people with the common colour blindnesses tell apart. A colour has one meaning, and a mark, dash or hatch repeats it.
 */

export const okabeIto = {
  black: '#000000',
  orange: '#E69F00',
  skyBlue: '#56B4E9',
  bluishGreen: '#009E73',
  yellow: '#F0E442',
  blue: '#0072B2',
  vermillion: '#D55E00',
  reddishPurple: '#CC79A7',
} as const

/** What the phases and quantities of a migration look like wherever they are drawn. */
export const meanings = {
  setup: '#999999',
  precopy: okabeIto.skyBlue,
  'stop-and-copy': okabeIto.vermillion,
  postcopy: okabeIto.bluishGreen,
  activation: okabeIto.reddishPurple,
  dirtying: okabeIto.black,
  workingSet: okabeIto.blue,
} as const

export type Mark = 'circle' | 'rect' | 'triangle' | 'rectRot' | 'cross' | 'star'
export type Hatch = 'none' | 'rising' | 'crossed' | 'falling'

export interface SeriesStyle {
  readonly colour: string
  readonly mark: Mark
  /** True if the mark is filled. */
  readonly filled: boolean
  readonly dash: readonly number[]
  readonly hatch: Hatch
}

/**
 * Series by their place. The first four stay apart in greyscale; a figure with more than six series is refused, since
 * nobody could read it.
 */
export const seriesStyles: readonly SeriesStyle[] = [
  { colour: okabeIto.blue, mark: 'circle', filled: true, dash: [], hatch: 'none' },
  { colour: okabeIto.orange, mark: 'rect', filled: true, dash: [5, 2], hatch: 'rising' },
  { colour: okabeIto.black, mark: 'triangle', filled: true, dash: [1.5, 1.5], hatch: 'none' },
  { colour: okabeIto.bluishGreen, mark: 'rectRot', filled: true, dash: [6, 2, 1.5, 2], hatch: 'crossed' },
  { colour: okabeIto.skyBlue, mark: 'circle', filled: false, dash: [3, 1.5], hatch: 'falling' },
  { colour: okabeIto.reddishPurple, mark: 'rect', filled: false, dash: [8, 2], hatch: 'rising' },
]

/** The same without colour, for journals that print in black. */
export const greySeriesStyles: readonly SeriesStyle[] = seriesStyles.map((style, index) => ({
  ...style,
  colour: ['#404040', '#9A9A9A', '#000000', '#6E6E6E', '#B8B8B8', '#565656'][index] ?? '#000000',
}))

/** Marks of the backends: simulated hollow circle, agents filled circle, QEMU square. */
export const backendMarks: Readonly<Record<string, Pick<SeriesStyle, 'mark' | 'filled'>>> = {
  sim: { mark: 'circle', filled: false },
  agents: { mark: 'circle', filled: true },
  qemu: { mark: 'rect', filled: true },
}

/** The colours that are no series: letters, lines and the ground they stand on. */
export interface Inks {
  readonly text: string
  readonly axis: string
  readonly grid: string
  readonly paper: string
}

/** What a figure is drawn on: white paper, or the light or dark ground of the window. */
export type Ground = 'paper' | 'light' | 'dark'

export const ink: Inks = { text: '#000000', axis: '#444444', grid: '#DDDDDD', paper: '#FFFFFF' }

const inks: Readonly<Record<Ground, Inks>> = {
  paper: ink,
  light: { text: '#1B1F24', axis: '#4C555F', grid: '#D5D9DE', paper: '#FFFFFF' },
  dark: { text: '#E6E9ED', axis: '#B6BEC8', grid: '#363D46', paper: '#1C2025' },
}

export function inksOf(ground: Ground): Inks {
  return inks[ground]
}

/** Black means the same on a dark ground, where it is drawn in the colour of the letters; greys turn over. */
export function onGround(colour: string, ground: Ground): string {
  if (ground !== 'dark') return colour
  if (colour === okabeIto.black) return inks.dark.text
  return greyOnDark[colour] ?? colour
}

const greyOnDark: Readonly<Record<string, string>> = { '#404040': '#C8C8C8', '#6E6E6E': '#979797', '#B8B8B8': '#6E6E6E', '#565656': '#ADADAD' }

/** From the ground (0) to a full blue (1) in one hue, so that lightness alone orders the values. */
export function shade(share: number, ground: Ground): string {
  const [from, to] = ground === 'dark' ? ['#23303B', '#8CD0FF'] : ['#EAF3FA', '#00456F']
  const part = (start: number): string => {
    const [low, high] = [from, to].map((colour) => Number.parseInt(colour.slice(start, start + 2), 16))
    return Math.round((low ?? 0) + ((high ?? 0) - (low ?? 0)) * Math.min(Math.max(share, 0), 1)).toString(16).padStart(2, '0')
  }
  return `#${part(1)}${part(3)}${part(5)}`
}

/** Lightness L* (CIE 1976, 0 to 100) of a colour written as #RRGGBB: what is left of it in greyscale. */
export function lightness(colour: string): number {
  const channel = (start: number): number => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
  return luminance > 216 / 24389 ? 116 * Math.cbrt(luminance) - 16 : (luminance * 24389) / 27
}
