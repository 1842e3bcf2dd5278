/** How long a file and a function may be. */
import { isBarrel, type Node, placeOf, type Problem, type Source, walk } from "./source.ts"
import { kindOf } from "./kinds.ts"

const functionLimit = 70

const limitOf = (source: Source): readonly [number, string] => {
  if (source.path.endsWith("Handlers.ts")) return [150, "move the logic into a use case"]
  if (kindOf(source.path, undefined) === "calculator") return [200, "split it by what it calculates"]
  return [400, "split it by what changes together"]
}

/** Files over the limit of their kind. */
export const fileLength = (source: Source): ReadonlyArray<Problem> => {
  if (isBarrel(source.path)) return []
  const lines = source.text.trimEnd().split("\n").length
  const [limit, advice] = limitOf(source)
  return lines <= limit
    ? []
    : [
        {
          rule: "file-length",
          path: source.path,
          line: limit + 1,
          message: `${lines} lines, at most ${limit}: ${advice}`
        }
      ]
}

const functions = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"])

/** What gives a function a name of its own, when only calls such as `Effect.fn("pay")(…)` stand between the two. */
const naming = new Set(["VariableDeclarator", "Property", "PropertyDefinition", "MethodDefinition"])
const passing = new Set([
  "CallExpression",
  "ParenthesizedExpression",
  "AwaitExpression",
  "YieldExpression",
  "TSAsExpression"
])

const isNamed = (node: Node, ancestors: ReadonlyArray<Node>): boolean =>
  node.type === "FunctionDeclaration" || naming.has(ancestors.findLast((each) => !passing.has(each.type))?.type ?? "")

/**
 * Functions over the limit. The lines of named functions inside count for those and not for the one around them: a layer
 * that builds ten short functions is not one long function.
 */
export const functionLength = (source: Source): ReadonlyArray<Problem> => {
  const place = placeOf(source.path)
  if (place === undefined) return []
  const spans: Array<{ readonly start: number; readonly end: number; readonly named: boolean }> = []
  walk(source.program, (node, ancestors) => {
    if (!functions.has(node.type)) return
    const [start, end] = [source.lineOf(node.start), source.lineOf(node.end)]
    spans.push({ start, end, named: isNamed(node, ancestors) })
  })
  return spans.flatMap((outer): ReadonlyArray<Problem> => {
    const inside = spans.filter(
      (each) => each.named && each !== outer && each.start > outer.start && each.end < outer.end
    )
    const covered = new Set(
      inside.flatMap((each) => Array.from({ length: each.end - each.start + 1 }, (_, at) => each.start + at))
    )
    const own = outer.end - outer.start + 1 - covered.size
    const message = `a function of ${own} lines of its own, at most ${functionLimit}: name its steps and call them`
    return own <= functionLimit ? [] : [{ rule: "function-length", path: source.path, line: outer.start, message }]
  })
}
