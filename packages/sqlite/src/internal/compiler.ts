import * as Statement from "effect/sql/Statement"

/** Texts of bulk inserts kept at most; each distinct list of columns and number of rows has its own. */
const KEPT_TEXTS = 500

/**
 * Compiles for SQLite like Effect's own compiler, only faster for what nearly all statements are made of: text, names,
 * parameters, lists and inserted records. Since every placeholder of SQLite is the same `?`, the text of an insert
 * depends on nothing but its columns and the number of its rows, and is kept; the same text object also finds its
 * prepared statement without being hashed again. Everything else goes to Effect's compiler.
 */
export const makeCompiler = (transform: ((name: string) => string) | undefined): Statement.Compiler => {
  const standard = Statement.makeCompilerSqlite(transform)
  const plain = fast(standard, undefined, undefined)
  return transform === undefined
    ? plain
    : fast(standard, transform, fast(standard.withoutTransform, undefined, undefined))
}

const fast = (
  standard: Statement.Compiler,
  transform: ((name: string) => string) | undefined,
  untransformed: Statement.Compiler | undefined
): Statement.Compiler => {
  const escape = Statement.defaultEscape('"')
  const texts = new Map<string, string>()
  const name = (value: string): string => escape(transform === undefined ? value : transform(value))
  const self: Statement.Compiler = {
    dialect: "sqlite",
    compile: (statement, withoutTransform) => {
      if (withoutTransform && untransformed !== undefined) return untransformed.compile(statement, true)
      let sql = ""
      const params: Array<unknown> = []
      for (const segment of statement.segments) {
        const text = compileSegment(segment, params, name, texts)
        if (text === undefined) return standard.compile(statement, withoutTransform)
        sql += text
      }
      return [sql, params]
    },
    get withoutTransform() {
      return untransformed ?? self
    }
  }
  return self
}

/** Gives the text of a segment and adds its parameters, or `undefined` for what is left to Effect's compiler. */
const compileSegment = (
  segment: Statement.Segment,
  params: Array<unknown>,
  name: (value: string) => string,
  texts: Map<string, string>
): string | undefined => {
  switch (segment._tag) {
    case "Literal":
      if (segment.params !== undefined) for (const param of segment.params) params.push(param)
      return segment.value
    case "Identifier":
      return name(segment.value)
    case "Parameter":
      params.push(segment.value)
      return "?"
    case "ArrayHelper":
      if (segment.value.length === 0) return undefined
      for (const value of segment.value) params.push(value)
      return `(?${",?".repeat(segment.value.length - 1)})`
    case "RecordInsertHelper":
      return compileInsert(segment, params, name, texts)
    default:
      return undefined
  }
}

const compileInsert = (
  segment: Statement.RecordInsertHelper,
  params: Array<unknown>,
  name: (value: string) => string,
  texts: Map<string, string>
): string | undefined => {
  const rows = segment.value
  const columns = Object.keys(rows[0])
  // What follows RETURNING is not in the type, which leaves it to the compiler.
  const returned: unknown = Reflect.get(segment, "returningIdentifier")
  if (columns.length === 0 || typeof returned === "object") return undefined
  for (const row of rows) {
    for (const column of columns) {
      const value = row[column]
      if (typeof value === "object" && Statement.isFragment(value)) return undefined
      params.push(value)
    }
  }
  const returning = typeof returned === "string" ? ` RETURNING ${returned}` : ""
  const key = `${rows.length}${returning} ${columns.join()}`
  const kept = texts.get(key)
  if (kept !== undefined) return kept
  const record = `(?${",?".repeat(columns.length - 1)})`
  const text = `(${columns.map(name).join()}) VALUES ${record}${`,${record}`.repeat(rows.length - 1)}${returning}`
  if (texts.size >= KEPT_TEXTS) texts.clear()
  texts.set(key, text)
  return text
}
