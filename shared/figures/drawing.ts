/** A recipe on its way to a figure: what is asked for, and the colours of the ground that it will be drawn on. */

import { type Ground, type Inks, inksOf, onGround, greySeriesStyles, type SeriesStyle, seriesStyles } from './palette.ts'
import type { Recipe } from './recipe.ts'

export interface Drawing extends Recipe {
  readonly ground: Ground
  readonly ink: Inks
}

export function drawingOf(recipe: Recipe, ground: Ground = 'paper'): Drawing {
  return { ...recipe, ground, ink: inksOf(ground) }
}

/** How the line of a series and its marks look; the size of the marks is the figure's own. */
export function lineLook(ink: Inks, { colour, dash, mark, filled }: SeriesStyle) {
  const fill = filled ? colour : ink.paper
  return { showLine: true, borderColor: colour, borderWidth: 1.1, borderDash: [...dash], pointStyle: mark, pointBorderColor: colour, pointBackgroundColor: fill, backgroundColor: fill }
}

/** The styles of the series of a figure, in their order. */
export function stylesOf({ palette, ground }: Drawing): readonly SeriesStyle[] {
  return (palette === 'grey' ? greySeriesStyles : seriesStyles).map((style) => ({ ...style, colour: onGround(style.colour, ground) }))
}
