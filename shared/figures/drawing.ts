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

/** The styles of the series of a figure, in their order. */
export function stylesOf({ palette, ground }: Drawing): readonly SeriesStyle[] {
  return (palette === 'grey' ? greySeriesStyles : seriesStyles).map((style) => ({ ...style, colour: onGround(style.colour, ground) }))
}
