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

export const ink = { text: '#000000', axis: '#444444', grid: '#DDDDDD', paper: '#FFFFFF' } as const

/** Lightness L* (CIE 1976, 0 to 100) of a colour written as #RRGGBB: what is left of it in greyscale. */
export function lightness(colour: string): number {
  const channel = (start: number): number => {
    const value = Number.parseInt(colour.slice(start, start + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
  return luminance > 216 / 24389 ? 116 * Math.cbrt(luminance) - 16 : (luminance * 24389) / 27
}
