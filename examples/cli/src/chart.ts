/**
 * Text pictures for a terminal: tables, bars and sparklines. Pure; widths are counted in terminal cells.
 */
import Table from "cli-table3"
import { displayWidth } from "effect/cli/CliOutput"

/** A column of a table: its heading, and whether its cells are numbers, which stand to the right. */
export interface Column {
  readonly heading: string
  readonly align?: "left" | "right"
  /** Whether its cells may be shortened where the line is too long. */
  readonly flexible?: boolean
}

const borderless = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  "
}

const gap = 2
const narrowestColumn = 8

/** The widths that columns may have in a line of so many cells: flexible ones give way, the widest first. */
const fitted = (columns: ReadonlyArray<Column>, natural: ReadonlyArray<number>, width: number) => {
  const widths = [...natural]
  const flexible = columns.flatMap((column, position) => (column.flexible === true ? [position] : []))
  let excess = widths.reduce((sum, each) => sum + each, 0) + gap * (columns.length - 1) - width
  while (excess > 0) {
    const sizes = flexible.map((position) => widths[position] ?? 0)
    const widest = Math.max(...sizes, 0)
    if (widest <= narrowestColumn) break
    const position = flexible[sizes.indexOf(widest)] ?? 0
    const next = Math.max(...sizes.filter((size) => size < widest), narrowestColumn)
    const cut = Math.min(excess, widest - next)
    widths[position] = widest - cut
    excess -= cut
  }
  return widths
}

/** Rows under headings, aligned, without lines; in `width` cells where that is given and flexible columns can give way. */
export const table = (
  columns: ReadonlyArray<Column>,
  cells: ReadonlyArray<ReadonlyArray<string>>,
  width: number | null = null
): string => {
  const natural = columns.map(({ heading }, position) =>
    cells.reduce((most, row) => Math.max(most, displayWidth(row[position] ?? "")), displayWidth(heading))
  )
  const widths = width === null ? natural : fitted(columns, natural, width)
  const rows = cells.map((row) => row.map((cell, position) => shorten(cell, widths[position] ?? 0)))
  const drawn = new Table({
    head: columns.map((column) => column.heading),
    colAligns: columns.map((column) => column.align ?? "left"),
    chars: borderless,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] }
  })
  for (const row of rows) drawn.push(row)
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

/** A bar of `width` cells for a share between 0 and 1, to an eighth of a cell; anything above zero shows. */
export const bar = (share: number, width: number): string => {
  const parts = Math.round(Math.min(Math.max(share, 0), 1) * width * 8)
  const shown = share > 0 ? Math.max(parts, 1) : 0
  return "█".repeat(Math.floor(shown / 8)) + (eighths[shown % 8] ?? "")
}

const levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

/** One character a value, from the lowest to the highest. A flat line when all are equal; a space where there is none. */
export const sparkline = (values: ReadonlyArray<number | null>): string => {
  const known = values.filter((value) => value !== null)
  const low = Math.min(...known)
  const span = Math.max(...known) - low
  return values
    .map((value) => {
      if (value === null) return " "
      const level = span === 0 ? 0 : Math.round(((value - low) / span) * (levels.length - 1))
      return levels[level] ?? " "
    })
    .join("")
}

/** Shortens a text to `width` cells, with an ellipsis where something was cut. */
export const shorten = (text: string, width: number): string => {
  if (displayWidth(text) <= width) return text
  let kept = ""
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (displayWidth(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

// A listing's text comes from outside: neither an escape sequence nor a change of writing direction may reach the terminal.
const controls = /[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu

/** Text from outside, on one line and without control characters. */
export const plain = (text: string): string => text.replace(controls, " ").trim()

/** Text in lines of at most `width` cells, broken between words; every line after the first begins with `indent` blanks. */
export const wrap = (value: string, width: number | null, indent: number): string => {
  if (width === null || displayWidth(value) + indent <= width) return value
  const lines: Array<string> = []
  let line = ""
  for (const word of value.split(/\s+/u)) {
    if (line !== "" && indent + displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line].join(`\n${" ".repeat(indent)}`)
}
