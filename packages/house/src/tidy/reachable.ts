/** What a host loads by importing an export: nothing of tests, benchmarks or the house may be among it. */
import { isPublished, placeOf, type Problem, resolve, type Source } from "./source.ts"

const testLibraries = /^(vitest|@effect\/vitest|fast-check|@fast-check\/.*|node:test)($|\/)/u

const isTestPart = (path: string): boolean =>
  /^packages\/(testing|house)\//u.test(path) || /\.test\.ts$|\/(test|benchmark)\//u.test(path)

const isEntry = (path: string): boolean => {
  const place = placeOf(path)
  return place !== undefined && place.name !== "testing" && !/(^|\/)internal\//u.test(place.inside)
}

/**
 * Walks the imports from every module of every published package but `testing`, which is made of tests, and reports
 * the edge that leaves for test code.
 */
export const reachable = (sources: ReadonlyArray<Source>): ReadonlyArray<Problem> => {
  const byPath = new Map(sources.map((source) => [source.path, source]))
  const entries = sources.filter(({ path }) => isPublished(path) && isEntry(path))
  const cameFrom = new Map<string, string | undefined>(entries.map(({ path }) => [path, undefined]))
  const queue = entries.map(({ path }) => path)
  const problems: Array<Problem> = []
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const imported of byPath.get(path)?.imports ?? []) {
      const target = resolve(path, imported.specifier)
      if (target === undefined ? testLibraries.test(imported.specifier) : isTestPart(target)) {
        const via = chain(path, cameFrom)
        const message = `${imported.specifier} belongs to tests and is reached from the export ${via}; move what is shared into src`
        problems.push({ rule: "reachable", path, line: imported.line, message })
      } else if (target !== undefined && byPath.has(target) && !cameFrom.has(target)) {
        cameFrom.set(target, path)
        queue.push(target)
      }
    }
  }
  return problems
}

const chain = (path: string, cameFrom: ReadonlyMap<string, string | undefined>): string => {
  const steps = [path]
  for (let at = cameFrom.get(path); at !== undefined; at = cameFrom.get(at)) steps.unshift(at)
  return steps.join(" → ")
}
