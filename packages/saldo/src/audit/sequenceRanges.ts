/** A run of sequence numbers, both ends included. */
export type SequenceRange = readonly [first: number, last: number]

/** The runs of ascending sequence numbers. */
export const rangesOf = (sequences: ReadonlyArray<number>): ReadonlyArray<SequenceRange> => {
  const ranges: Array<[number, number]> = []
  for (const sequence of sequences) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] + 1 === sequence) last[1] = sequence
    else ranges.push([sequence, sequence])
  }
  return ranges
}

/** Runs as one text, such as `3-17,20`. */
export const rangesText = (ranges: ReadonlyArray<SequenceRange>): string =>
  ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(",")

/** The runs of such a text; what is none is left out. */
export const rangesFrom = (text: string): ReadonlyArray<SequenceRange> =>
  text.split(",").flatMap((part): ReadonlyArray<SequenceRange> => {
    const [, first, last] = /^(\d{1,15})(?:-(\d{1,15}))?$/u.exec(part) ?? []
    return first === undefined ? [] : [[Number(first), Number(last ?? first)]]
  })

/** The runs that are in the first and in none of the second. The first are ascending and do not overlap. */
export const without = (
  ranges: ReadonlyArray<SequenceRange>,
  others: ReadonlyArray<SequenceRange>
): ReadonlyArray<SequenceRange> =>
  others.reduce<ReadonlyArray<SequenceRange>>(
    (left, [from, to]) =>
      left.flatMap(([first, last]): ReadonlyArray<SequenceRange> => {
        if (to < first || from > last) return [[first, last]]
        const before: ReadonlyArray<SequenceRange> = first < from ? [[first, from - 1]] : []
        return last > to ? [...before, [to + 1, last]] : before
      }),
    ranges
  )

/** The runs with one more sequence number, greater than all of them. */
export const withNext = (ranges: ReadonlyArray<SequenceRange>, sequence: number): ReadonlyArray<SequenceRange> => {
  const last = ranges.at(-1)
  return last !== undefined && last[1] + 1 === sequence
    ? [...ranges.slice(0, -1), [last[0], sequence]]
    : [...ranges, [sequence, sequence]]
}
