/**
 * A source file as the rules read it: its place, its syntax tree, its comments and what it imports. Nothing here looks at
 * the disk, so that every rule can be shown a planted violation.
 */
import { type Comment, parseSync } from "oxc-parser"
import { posix } from "node:path"
import type { SourceFile } from "../workspace.ts"

/** A breach of a rule, with what to do instead. */
export interface Problem {
  readonly rule: string
  readonly path: string
  readonly line: number
  readonly message: string
}

/** One line that an editor can jump to. */
export const format = (problem: Problem): string =>
  `${problem.path}:${problem.line} [${problem.rule}] ${problem.message}`

/** A node of the syntax tree, as far as the rules need to know it. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

/** One `import`, `export … from` or `import()` of a file. */
export interface Import {
  /** As written: `./Money.ts`, `effect/Effect`. */
  readonly specifier: string
  /** True when it leaves nothing behind at run time. */
  readonly typeOnly: boolean
  /** The names it binds in this file. */
  readonly names: ReadonlyArray<string>
  readonly line: number
}

/** A parsed file. */
export interface Source extends SourceFile {
  readonly program: Node
  readonly comments: ReadonlyArray<Comment>
  readonly imports: ReadonlyArray<Import>
  readonly lineOf: (offset: number) => number
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string"

/** The direct children of a node, in source order. */
export const children = (node: Node): ReadonlyArray<Node> =>
  Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []))

/** Visits a node and everything below it, with the chain of its ancestors (nearest last). */
export const walk = (node: Node, visit: (node: Node, ancestors: ReadonlyArray<Node>) => void): void => {
  const ancestors: Array<Node> = []
  const go = (current: Node): void => {
    visit(current, ancestors)
    ancestors.push(current)
    for (const child of children(current)) go(child)
    ancestors.pop()
  }
  go(node)
}

/** The name of an identifier or of a string literal, and undefined for anything else. */
export const nameOf = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined
  if (node.type === "Identifier" && typeof node["name"] === "string") return node["name"]
  return node.type === "Literal" && typeof node["value"] === "string" ? node["value"] : undefined
}

/** A dotted name such as `Math.random`, and undefined for anything that is not one. */
export const dottedName = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined
  if (node.type === "Identifier") return nameOf(node)
  if (node.type !== "MemberExpression") return undefined
  const object = dottedName(node["object"])
  const property = nameOf(node["property"])
  return object === undefined || property === undefined ? undefined : `${object}.${property}`
}

/** Parses a file. Throws when it is not TypeScript, naming the place. */
export const parse = (file: SourceFile): Source => {
  const result = parseSync(file.path, file.text)
  const lineOf = lineIndex(file.text)
  const failure = result.errors[0]
  if (failure !== undefined) {
    throw new Error(`${file.path}:${lineOf(failure.labels[0]?.start ?? 0)} does not parse: ${failure.message}`)
  }
  const program = result.program as unknown as Node
  return { ...file, program, comments: result.comments, imports: importsOf(program, lineOf), lineOf }
}

const lineIndex = (text: string): ((offset: number) => number) => {
  const starts = [0]
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

const importsOf = (program: Node, lineOf: (offset: number) => number): ReadonlyArray<Import> => {
  const imports: Array<Import> = []
  walk(program, (node) => {
    const specifier = nameOf(node["source"])
    if (specifier === undefined) return
    const line = lineOf(node.start)
    const specifiers = (node["specifiers"] as ReadonlyArray<Node> | undefined) ?? []
    if (node.type === "ImportDeclaration") {
      const typeOnly =
        node["importKind"] === "type" ||
        (specifiers.length > 0 && specifiers.every((each) => each["importKind"] === "type"))
      imports.push({ specifier, typeOnly, names: specifiers.flatMap((each) => nameOf(each["local"]) ?? []), line })
    } else if (node.type === "ExportNamedDeclaration" || node.type === "ExportAllDeclaration") {
      imports.push({ specifier, typeOnly: node["exportKind"] === "type", names: [], line })
    } else if (node.type === "ImportExpression") {
      imports.push({ specifier, typeOnly: false, names: [], line })
    } else if (node.type === "TSImportType") {
      imports.push({ specifier, typeOnly: true, names: [], line })
    }
  })
  return imports
}

const packageFolders: Readonly<Record<string, string>> = {
  saldo: "packages/saldo",
  "@saldo/sqlite": "packages/sqlite",
  "@saldo/postgres": "packages/postgres",
  "@saldo/redis": "packages/redis",
  "@saldo/kameo": "packages/kameo",
  "@saldo/identity": "packages/identity",
  "@saldo/http": "packages/http",
  "@saldo/testing": "packages/testing",
  "@saldo/house": "packages/house"
}

/**
 * Where an import leads inside the workspace, as a path; undefined for third parties. A bare package or folder name
 * leads to its barrel.
 */
export const resolve = (from: string, specifier: string): string | undefined => {
  if (specifier.startsWith(".")) {
    const path = posix.join(posix.dirname(from), specifier)
    return path.endsWith(".ts") ? path : `${path}.ts`
  }
  const [, name, rest] = /^(saldo|@saldo\/[\w-]+)(?:\/(.+))?$/u.exec(specifier) ?? []
  const folder = name === undefined ? undefined : packageFolders[name]
  if (folder === undefined) return undefined
  if (rest === undefined) return `${folder}/src/index.ts`
  return isBarrelSubpath(rest) ? `${folder}/src/${rest}/index.ts` : `${folder}/src/${rest}.ts`
}

/** `money` and `emulator` name folders; `money/Money`, `SqliteClient` and `promise` name modules. */
const isBarrelSubpath = (subpath: string): boolean => /^[a-z]+$/u.test(subpath) && subpath !== "promise"

/** The package folder and the path below its `src`, for a module of a package. */
export const placeOf = (path: string): { readonly name: string; readonly inside: string } | undefined => {
  const [, name, inside] = /^packages\/([\w-]+)\/src\/(.+)$/u.exec(path) ?? []
  return name === undefined || inside === undefined ? undefined : { name, inside }
}

/** True for the modules that hosts import: those of published packages. */
export const isPublished = (path: string): boolean => {
  const name = placeOf(path)?.name
  return name !== undefined && name !== "house"
}

/** True for a generated barrel. */
export const isBarrel = (path: string): boolean => path.endsWith("/index.ts") && placeOf(path) !== undefined
