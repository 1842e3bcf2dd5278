/**
 * The end of an id, which tells it from others as a whole id does and which a person can read. Pure.
 */

const shown = 8

/** What tables show of an id. */
export const shortId = (id: string): string => id.slice(-shown)

/** Whether a text can be the end of an id, and is long enough not to be that of another one by chance. */
export const isShortId = (text: string): boolean => /^[0-9a-hjkmnp-tv-z]{6,25}$/u.test(text)
