/**
 * Documentation that runs: every `ts` fence of the prose and of the doc blocks that imports something is type-checked, and
 * one that asserts is run. An assertion is a comment behind a statement:
 *
 *     Money.toDecimal(total) // => "13.25"          the value, as an expression
 *     console.log(String(total)) // => 13.25 SEK    what is printed, as text
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Node, nameOf, parse, type Source, walk } from "./tidy/source.ts"
import { root, type SourceFile } from "./workspace.ts"

/** A piece of TypeScript in a document. */
export interface Fence {
  readonly path: string
  /** The line of the document that the first line of `code` stands on. */
  readonly line: number
  readonly code: string
}

/** What is wrong with a document, where an editor can jump to. */
export interface Failure {
  readonly path: string
  readonly line: number
  readonly message: string
}

/** The `ts` fences among numbered lines. */
const fencesIn = (path: string, lines: ReadonlyArray<string>, firstLine: number): ReadonlyArray<Fence> => {
  const fences: Array<Fence> = []
  let open:
    | { readonly indent: string; readonly marks: string; readonly from: number; readonly wanted: boolean }
    | undefined
  for (const [at, line] of lines.entries()) {
    if (open === undefined) {
      const [, indent, marks, language] = /^(\s*)(`{3,})(\w*)/u.exec(line) ?? []
      if (indent === undefined || marks === undefined) continue
      open = { indent, marks, from: at + 1, wanted: language === "ts" || language === "typescript" }
    } else if (line.trim() === open.marks) {
      const { from, indent, wanted } = open
      const code = lines
        .slice(from, at)
        .map((each) => (each.startsWith(indent) ? each.slice(indent.length) : each.trimStart()))
      if (wanted) fences.push({ path, line: firstLine + from, code: code.join("\n") })
      open = undefined
    }
  }
  return fences
}

/** The fences of a Markdown file. */
export const fencesOfProse = ({ path, text }: SourceFile): ReadonlyArray<Fence> => fencesIn(path, text.split("\n"), 1)

/** The lines of a doc block without their stars. */
const proseOf = (comment: string): ReadonlyArray<string> =>
  comment.split("\n").map((line) => line.replace(/^\s*\*? ?/u, ""))

/** The fences of the doc blocks of a source file; the code of an `@example` counts as one without its marks too. */
export const fencesOfSource = (source: Source): ReadonlyArray<Fence> =>
  docBlocks(source).flatMap(({ line, lines }) => [
    ...fencesIn(source.path, lines, line),
    ...examplesIn(lines)
      .filter(({ body }) => !body.some((each) => each.startsWith("```")))
      .map(({ at, body }) => ({ path: source.path, line: line + at + 1, code: body.join("\n").trimEnd() }))
  ])

const docBlocks = (source: Source) =>
  source.comments
    .filter((comment) => comment.type === "Block" && comment.value.startsWith("*"))
    .map((comment) => ({ line: source.lineOf(comment.start), lines: proseOf(comment.value) }))

/** The `@example`s among the lines of a doc block: where each stands, and its lines up to the next tag. */
const examplesIn = (lines: ReadonlyArray<string>) =>
  lines.flatMap((text, at) => {
    if (!text.startsWith("@example")) return []
    const end = lines.findIndex((each, index) => index > at && /^@[a-z]/u.test(each))
    return [{ at, body: lines.slice(at + 1, end === -1 ? undefined : end) }]
  })

/** The `@example`s of a source file that nobody checks, because they import nothing. */
export const uncheckedExamples = (source: Source): ReadonlyArray<Failure> =>
  docBlocks(source).flatMap(({ line, lines }) =>
    examplesIn(lines)
      .filter(({ body }) => !/^\s*import\b/mu.test(body.join("\n")))
      .map(({ at }) => ({
        path: source.path,
        line: line + at,
        message: "import what this @example uses, so that a reader can copy it and this test can check it"
      }))
  )

/** True for a fence that a reader can copy and run; a fragment of a sketch imports nothing. */
export const importsSomething = ({ code }: Fence): boolean => /^\s*import\b/mu.test(code)

/** Type-checks fences together, as one program with strict options, from the sources. */
export const typeCheck = (fences: ReadonlyArray<Fence>): ReadonlyArray<Failure> =>
  inFolder((folder) => typeCheckIn(folder, fences))

const typeCheckIn = (folder: string, fences: ReadonlyArray<Fence>): ReadonlyArray<Failure> => {
  for (const [at, { code }] of fences.entries()) writeFileSync(join(folder, `fence${at}.ts`), code)
  const config = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
    include: ["*.ts"]
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
  const tsc = join(root, "node_modules/typescript/bin/tsc")
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], {
    cwd: folder,
    encoding: "utf8"
  })
  return stdout.split("\n").flatMap((line): ReadonlyArray<Failure> => {
    const [, at, row, message] = /^fence(\d+)\.ts\((\d+),\d+\): (.*)$/u.exec(line) ?? []
    const fence = fences[Number(at)]
    return fence === undefined || message === undefined
      ? []
      : [{ path: fence.path, line: fence.line + Number(row) - 1, message }]
  })
}

/**
 * Works in a new folder, which is gone afterwards, so that two runs at once do not meet. It lies inside this package,
 * because its dependencies are what a fence may import.
 */
const inFolder = <A>(work: (folder: string) => A): A => {
  const parent = join(root, "packages/house/dist/docs")
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, "run-"))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** An assertion of a fence: the statement it stands behind, and what it says. */
interface Assertion {
  readonly statement: Node
  readonly expected: string
  readonly line: number
}

const assertionMark = /^\s*=>\s?/u

/** The assertions of a parsed fence. Those on lines of their own continue the text of the one above. */
const assertionsOf = (source: Source): ReadonlyArray<Assertion> => {
  const statements: Array<Node> = []
  walk(source.program, (node) => {
    if (node.type === "ExpressionStatement" || node.type === "VariableDeclaration") statements.push(node)
  })
  const found: Array<Assertion> = []
  for (const comment of source.comments) {
    if (comment.type !== "Line" || !assertionMark.test(comment.value)) continue
    const expected = comment.value.replace(assertionMark, "").trimEnd()
    const between = (end: number): string => source.text.slice(end, comment.start)
    const statement = statements
      .filter(
        ({ end }) =>
          end <= comment.start &&
          between(end)
            .replace(/\/\/ =>[^\n]*/gu, "")
            .trim()
            .replace(/^;$/u, "") === ""
      )
      .toSorted((a, b) => b.end - a.end)[0]
    const last = found.at(-1)
    if (statement === undefined) {
      throw new Error(`${source.path}:${source.lineOf(comment.start)} no statement stands before this assertion`)
    }
    if (last !== undefined && last.statement === statement) {
      found[found.length - 1] = { ...last, expected: `${last.expected}\n${expected}` }
    } else found.push({ statement, expected, line: source.lineOf(comment.start) })
  }
  return found
}

/** True when a fence asserts something. */
export const asserts = ({ code }: Fence): boolean => /\/\/ =>/u.test(code)

const isExpression = (text: string): boolean => {
  try {
    parse({ path: "expected.ts", text: `void (${text}\n)` })
    return true
  } catch {
    return false
  }
}

const parseFence = ({ code, line, path }: Fence): Source => parse({ path: `${path}:${line}.ts`, text: code })

/** The code of a fence with its assertions turned into calls; statements keep their lines. */
const instrumented = (fence: Fence): string => {
  const source = parseFence(fence)
  const edits = assertionsOf(source).map(({ expected, line, statement }) => {
    const place = `${fence.line + line - 1}, ${JSON.stringify(expected)}`
    const value = isExpression(expected) ? `() => (${expected.replaceAll("\n", " ")})` : "undefined"
    if (statement.type === "VariableDeclaration") {
      const name = nameOf((statement["declarations"] as ReadonlyArray<Node>)[0]?.["id"])
      return { start: statement.end, end: statement.end, text: `; __value(${place}, ${value})(${name})` }
    }
    const expression = statement["expression"] as Node
    const code = source.text.slice(expression.start, expression.end)
    const printed = /^console\.(log|info)\(([\s\S]*)\)$/u.exec(code)
    const text = printed === null ? `__value(${place}, ${value})(${code})` : `__printed(${place})(${printed[2]})`
    return { start: expression.start, end: expression.end, text: `;${text}` }
  })
  let code = source.text
  for (const { end, start, text } of edits.toSorted((a, b) => b.start - a.start)) {
    code = code.slice(0, start) + text + code.slice(end)
  }
  return `${code}\nimport { printed as __printed, value as __value } from "./assertions.ts"\n`
}

/** Runs the fences that assert, one after another in one process, and gives what did not come out as they say. */
export const runFences = (fences: ReadonlyArray<Fence>): ReadonlyArray<Failure> =>
  inFolder((folder) => runFencesIn(folder, fences))

const runFencesIn = (folder: string, fences: ReadonlyArray<Fence>): ReadonlyArray<Failure> => {
  const runnable: Array<{ readonly path: string; readonly line: number; readonly expected: ReadonlyArray<number> }> = []
  const failures: Array<Failure> = []
  for (const fence of fences) {
    try {
      writeFileSync(join(folder, `fence${runnable.length}.ts`), instrumented(fence))
      const lines = assertionsOf(parseFence(fence)).map(({ line }) => fence.line + line - 1)
      runnable.push({ path: fence.path, line: fence.line, expected: lines })
    } catch (error) {
      failures.push({ path: fence.path, line: fence.line, message: String(error) })
    }
  }
  writeFileSync(join(folder, "fences.json"), JSON.stringify(runnable))
  writeFileSync(join(folder, "assertions.ts"), assertionsModule)
  writeFileSync(join(folder, "main.ts"), mainModule)
  const args = ["--conditions=saldo-source", "--disable-warning=ExperimentalWarning", "main.ts"]
  const child = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", timeout: 120_000 })
  const report = /^FENCES (.*)$/mu.exec(child.stdout)?.[1]
  if (report === undefined) {
    failures.push({
      path: "packages/house/src/docs.ts",
      line: 1,
      message: `the fences ended the process: ${child.stderr}`
    })
    return failures
  }
  return [...failures, ...(JSON.parse(report) as ReadonlyArray<Failure>)]
}

const assertionsModule = `
import { format, inspect, isDeepStrictEqual } from "node:util"
export const failures: Array<{ line: number; message: string }> = []
export const ran = new Set<number>()
// A reader cannot tell the blanks of a formatted amount apart, so documentation writes them as plain ones.
const blanks = (text: string): string => text.replaceAll(/[\\u00a0\\u202f]/gu, " ")
// Documentation writes instances as the plain objects that they look like.
const plain = (value: unknown): unknown => {
  if (typeof value === "string") return blanks(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Map || value instanceof Set) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}
const fail = (line: number, expected: string, actual: string): void => {
  failures.push({ line, message: "the document says " + expected + ", it is " + actual })
}
export const value = (line: number, text: string, expected: (() => unknown) | undefined) => (actual: unknown): unknown => {
  ran.add(line)
  const same = expected === undefined ? blanks(String(actual)) === text : isDeepStrictEqual(plain(actual), plain(expected()))
  if (!same) fail(line, text, inspect(actual, { depth: 6 }))
  return actual
}
export const printed = (line: number, text: string) => (...args: ReadonlyArray<unknown>): void => {
  ran.add(line)
  const actual = format(...args)
  const tidy = (each: string) => blanks(each).split("\\n").map((part) => part.trimEnd()).join("\\n")
  if (tidy(actual) !== tidy(text)) fail(line, text, actual)
}
`

const mainModule = `
import { readFileSync } from "node:fs"
import { failures, ran } from "./assertions.ts"
const all = []
for (const [at, fence] of JSON.parse(readFileSync("fences.json", "utf8")).entries()) {
  failures.length = 0
  ran.clear()
  try {
    await import(\`./fence\${at}.ts\`)
    await new Promise((resolve) => setTimeout(resolve, 0))
    for (const line of fence.expected) if (!ran.has(line)) failures.push({ line, message: "this assertion never ran" })
  } catch (error) {
    failures.push({ line: fence.line, message: "the fence throws " + (error instanceof Error ? error.stack : error) })
  }
  all.push(...failures.map((failure) => ({ path: fence.path, ...failure })))
}
console.log("FENCES " + JSON.stringify(all))
process.exit(0)
`
