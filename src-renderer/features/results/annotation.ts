/** What can be noted about runs, and a list of tags as it is typed. */

export type Annotation = 'exclude' | 'tag' | 'note'

export function tagsFrom(text: string): readonly string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()).filter((tag) => tag !== ''))]
}
