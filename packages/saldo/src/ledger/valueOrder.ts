import * as LocalDate from "../time/LocalDate.ts"

/**
 * How the value date of a line stands to those of its account before it: the `same` as the latest, the `first` of a later
 * one, `back` before the latest, or `ahead` of the day it was booked on, which does not count as the latest.
 */
export type ValueOrder = "same" | "first" | "back" | "ahead"

/** The order of a value date after the latest so far, which is empty at first. */
export const orderOf = (valueOn: string, latest: string, today: string): ValueOrder => {
  if (valueOn < latest) return "back"
  if (valueOn === latest) return "same"
  return valueOn > today ? "ahead" : "first"
}

/** On which value dates the sum up to a line's place in the journal is wrong about the line. */
export interface Stray {
  /** The first of the dates, empty when there is none before. */
  readonly since: string
  /** The day after the last of them. */
  readonly until: string
  /** In which of `reaches` that many days are. */
  readonly reach: number
}

/**
 * Groups of numbers of days, each with its largest. Who looks for the lines that are astray on a date asks for those of each
 * group that begin so many days before it at most, and so passes over at most three lines for each that he finds.
 */
const reaches = [4, 16, 64, 256, 1024] as const

const farthest = reaches.length + 1

const reachOf = (since: string, until: string): number => {
  if (since === "") return farthest
  const days = LocalDate.daysBetween(LocalDate.of(since), LocalDate.of(until))
  const index = reaches.findIndex((largest) => days <= largest)
  return index === -1 ? farthest : index + 1
}

/** Where a line is astray that was booked back or ahead; undefined for the others. */
export const strayOf = (order: ValueOrder, valueOn: string, latest: string): Stray | undefined => {
  if (order !== "back" && order !== "ahead") return undefined
  const [since, until] = order === "back" ? [valueOn, latest] : [latest, valueOn]
  return { since, until, reach: reachOf(since, until) }
}

/** For each reach, since when a line of it can be astray on a date at the earliest. */
export const reachesOn = (
  valueOn: LocalDate.LocalDate
): ReadonlyArray<{ readonly reach: number; readonly earliest: string }> => [
  ...reaches.map((largest, index) => ({
    reach: index + 1,
    // Before the year 4 there are not always so many days before.
    earliest: LocalDate.year(valueOn) < 4 ? "" : LocalDate.addDays(valueOn, 1 - largest)
  })),
  { reach: farthest, earliest: "" }
]
