/**
 * The page on metrics, the sources that count, and the text that a scraper gets, to be held against each other.
 */
import { globSync, readFileSync } from "node:fs"

const root = new URL("../../../", import.meta.url)

const read = (path: string): string => readFileSync(new URL(path, root), "utf8")

/** A metric: of what type, with which labels, and what it is. */
export interface Figure {
  readonly type: string
  readonly labels: ReadonlyArray<string>
  readonly what: string
}

const code = /`([^`]+)`/gu

const namesIn = (cell: string): ReadonlyArray<string> => [...cell.matchAll(code)].map(([, name = ""]) => name)

/** What the page says, by name. */
export const documented = (): ReadonlyMap<string, Figure> =>
  new Map(
    read("docs/reference/metrics.md")
      .split("\n")
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .filter((cells) => cells.length === 8 && cells[1]?.startsWith("`") === true)
      .map(([, name = "", type = "", , labels = "", what = ""]) => [
        name.slice(1, -1),
        { type, labels: [...namesIn(labels)].sort(), what }
      ])
  )

/** The workers that the page has in its table. */
export const documentedWorkers = (): ReadonlyArray<string> =>
  read("docs/reference/metrics.md")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length === 6 && cells[1]?.startsWith("`") === true)
    .map(([, worker = ""]) => worker.slice(1, -1))
    .sort()

const sources = (): string =>
  globSync("{packages/*,examples/*}/src/**/*.ts", { cwd: root })
    .map((path) => read(path).replaceAll(/^\s*(?:\/\*\*|\*|\/\/).*$/gmu, ""))
    .join("\n")

const first = (pattern: RegExp): ReadonlyArray<string> =>
  [...new Set([...sources().matchAll(pattern)].map(([, name = ""]) => name))].sort()

/** The names under which anything of ours counts. */
export const counted = (): ReadonlyArray<string> =>
  first(/Metric\.(?:counter|gauge|histogram|summary|frequency|timer)\(\s*"([^"]+)"/gu)

/** The workers that take turns. */
export const workers = (): ReadonlyArray<string> => first(/workerTurn\("([^"]+)"\)/gu)

/** What a scraper gets, by name. */
export const printed = (text: string): ReadonlyMap<string, Figure> => {
  const figures = new Map<string, { type: string; labels: Set<string>; what: string }>()
  for (const line of text.split("\n")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/u.exec(line) ?? []
    const figure = figures.get(name) ?? { type: "", labels: new Set<string>(), what: "" }
    if (kind === "HELP") figures.set(name, { ...figure, what: rest })
    if (kind === "TYPE") figures.set(name, { ...figure, type: rest })
    const [, series = "", labels = ""] = /^(\w+)(?:\{(.*)\})? \S+$/u.exec(line) ?? []
    const owner = figures.get(series) ?? figures.get(series.replace(/_(?:bucket|sum|count)$/u, ""))
    for (const [, label = ""] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/gu))
      if (label !== "le") owner?.labels.add(label)
  }
  return new Map([...figures].map(([name, { labels, ...figure }]) => [name, { ...figure, labels: [...labels].sort() }]))
}
