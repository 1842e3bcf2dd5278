/** Every exported symbol of a published package has a doc block. */
import { isBarrel, isPublished, nameOf, type Node, placeOf, type Problem, type Source } from "./source.ts"

/** A name that a module exports, and where the declaration starts. */
export interface Declared {
  readonly name: string
  readonly offset: number
}

const namesIn = (declaration: Node): ReadonlyArray<string> => {
  if (declaration.type !== "VariableDeclaration") return [nameOf(declaration["id"]) ?? "default"]
  return (declaration["declarations"] as ReadonlyArray<Node>).flatMap((each) => nameOf(each["id"]) ?? [])
}

/** Everything that a module exports, at the place where it is declared. */
export const declaredNames = (source: Source): ReadonlyArray<Declared> => {
  const body = source.program["body"] as ReadonlyArray<Node>
  const local = new Map<string, number>()
  for (const statement of body) {
    if (statement.type.endsWith("Declaration") && !/^(Import|Export)/u.test(statement.type)) {
      for (const name of namesIn(statement)) local.set(name, statement.start)
    }
  }
  return body.flatMap((statement): ReadonlyArray<Declared> => {
    if (statement.type === "ExportDefaultDeclaration") return [{ name: "default", offset: statement.start }]
    if (statement.type !== "ExportNamedDeclaration") return []
    const declaration = statement["declaration"] as Node | null
    if (declaration === null) {
      return (statement["specifiers"] as ReadonlyArray<Node>).flatMap((each) => {
        const name = nameOf(each["exported"]) ?? "default"
        return [{ name, offset: local.get(nameOf(each["local"]) ?? "") ?? each.start }]
      })
    }
    return namesIn(declaration).map((name) => ({ name, offset: statement.start }))
  })
}

/** Exports without a doc block, and blocks that hold no sentence. A type and a value of one name, and overloads, share one. */
export const documented = (source: Source): ReadonlyArray<Problem> => {
  if (!isPublished(source.path) || isBarrel(source.path)) return []
  if (/(^|\/)(internal|bin)\//u.test(placeOf(source.path)?.inside ?? "")) return []
  return [...Map.groupBy(declaredNames(source), ({ name }) => name)].flatMap(
    ([name, places]): ReadonlyArray<Problem> => {
      const blocks = places.flatMap(({ offset }) => blockBefore(source, offset) ?? [])
      const problem = { rule: "documented", path: source.path, line: source.lineOf(places[0]?.offset ?? 0) }
      if (blocks.length === 0) {
        return [{ ...problem, message: `write a doc block for ${name}: one sentence, then shapes, units and errors` }]
      }
      return blocks.some(holdsSentence) ? [] : [{ ...problem, message: `say in a sentence what ${name} is` }]
    }
  )
}

const blockBefore = (source: Source, offset: number): string | undefined =>
  source.comments.find(
    (comment) =>
      comment.type === "Block" &&
      comment.value.startsWith("*") &&
      comment.end <= offset &&
      source.text.slice(comment.end, offset).trim() === ""
  )?.value

const holdsSentence = (block: string): boolean =>
  /[\p{L}`][^\n]{8,}/u.test(block.replace(/@example[\s\S]*$/u, "").replace(/^[\s*]+/gmu, ""))
