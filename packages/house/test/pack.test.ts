import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, posix } from "node:path"
import { checkPackage, type Problem } from "@arethetypeswrong/core"
import { formatMessage } from "publint/utils"
import { publint } from "publint"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { build, leftovers } from "../src/build.ts"
import { catalog, installInto, type Packed, packAll, publishableFolders, run, specifiersOf } from "../src/pack.ts"
import { publishedPackages, root } from "../src/workspace.ts"

const folder = mkdtempSync(join(tmpdir(), "saldo-pack-"))
const consumer = join(folder, "consumer")
let packed: ReadonlyArray<Packed> = []

/** What the consumer has beside our packages: the peer that every host brings, and Node's types. */
const versions = catalog()
const brought = { effect: versions["effect"] ?? "", "@types/node": versions["@types/node"] ?? "" }

beforeAll(async () => {
  const failure = build()
  if (failure !== "") throw new Error(`pnpm build fails:\n${failure}`)
  packed = await packAll(join(folder, "tarballs"))
  await installInto(consumer, packed, brought)
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const textOf = ({ contents, name }: Packed, file: string): string => contents.readFile(`/node_modules/${name}/${file}`)

/** Runs a module of the consumer on the Node that runs this test. */
const runModule = (name: string, text: string): Promise<string> => {
  writeFileSync(join(consumer, name), text)
  return run(process.execPath, [name], consumer)
}

describe("every published package", () => {
  it("is packed here", () => {
    expect(publishableFolders().toSorted()).toEqual([...publishedPackages].toSorted())
    expect(packed.map(({ name }) => name).toSorted()).toEqual(packed.map(({ manifest }) => manifest.name).toSorted())
  })

  it("holds what it exports and nothing of tests, and asks for nothing that only the workspace has", () => {
    const wrong = packed.flatMap(({ files, manifest, name }) => [
      ...files
        .filter((file) => /(^|\/)(test|tests|benchmark|fixtures)\/|\.test\.|tsbuildinfo|(^|\/)\.env/u.test(file))
        .map((file) => `${name} packs ${file}`),
      ...["README.md", "LICENSE"].filter((file) => !files.includes(file)).map((file) => `${name} packs no ${file}`),
      ...["saldo-source", "workspace:", "catalog:"]
        .filter((word) => JSON.stringify(manifest).includes(word))
        .map((word) => `${name}'s package.json says ${word}`)
    ])
    expect(wrong).toEqual([])
  })

  it("emits imports that a host resolves, and maps that lead to packed sources", () => {
    const wrong = packed.flatMap((pack) =>
      pack.files.flatMap((file) => {
        if (/^dist\/.*\.js$/u.test(file)) {
          const imported = [...textOf(pack, file).matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/gu)].map(
            ([, to]) => to ?? ""
          )
          return imported
            .filter((to) => !pack.files.includes(posix.join(posix.dirname(file), to)))
            .map((to) => `${pack.name}/${file} imports ${to}, which is not packed`)
        }
        if (!/^dist\/.*\.map$/u.test(file)) return []
        const { sources } = JSON.parse(textOf(pack, file)) as { readonly sources: ReadonlyArray<string> }
        return sources
          .filter((source) => !pack.files.includes(posix.join(posix.dirname(file), source)))
          .map((source) => `${pack.name}/${file} points to ${source}, which is not packed`)
      })
    )
    expect(wrong).toEqual([])
  })

  it("passes publint", async () => {
    const found: Array<string> = []
    for (const { name, tarball } of packed) {
      const bytes = readFileSync(tarball)
      const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
      const { messages, pkg } = await publint({ pack: { tarball: data }, level: "suggestion", strict: true })
      found.push(
        ...messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false }) ?? message.code}`)
      )
    }
    expect(found).toEqual([])
  })

  it("passes are-the-types-wrong for every entry, as ESM", { timeout: 120_000 }, async () => {
    // The profile of a package without CommonJS: what `require` or node10 would see does not count.
    const counts = (problem: Problem): boolean =>
      problem.kind !== "CJSResolvesToESM" &&
      !("resolutionKind" in problem && (problem.resolutionKind === "node10" || problem.resolutionKind === "node16-cjs"))
    const found: Array<string> = []
    for (const pack of packed) {
      const entrypoints = specifiersOf(pack).map((specifier) => `.${specifier.slice(pack.name.length)}`)
      const result = await checkPackage(pack.contents, { entrypoints })
      if (result.types === false) found.push(`${pack.name} has no types`)
      else
        found.push(...result.problems.filter(counts).map((problem) => JSON.stringify({ ...problem, trace: undefined })))
    }
    expect(found).toEqual([])
  })
})

describe("a host outside the workspace", () => {
  it("imports every export by name", async () => {
    const specifiers = packed.flatMap(specifiersOf)
    const output = await runModule(
      "imports.js",
      `const failed = []
      for (const specifier of ${JSON.stringify(specifiers)}) {
        try {
          const names = Object.keys(await import(specifier))
          console.log(specifier, names.length)
        } catch (error) { failed.push(specifier + ": " + error) }
      }
      console.log(JSON.stringify(failed))`
    )
    const lines = output.trimEnd().split("\n")
    expect(JSON.parse(lines.at(-1) ?? "")).toEqual([])
    expect(lines.length).toBe(specifiers.length + 1)
  })

  it("cannot import what is internal", async () => {
    const specifiers = packed.flatMap(({ files, name }) =>
      files
        .filter((file) => /^dist\/(.*\/)?(internal|bin)\/.*\.js$/u.test(file))
        .map((file) => name + file.slice("dist".length, -".js".length))
    )
    const output = await runModule(
      "internals.js",
      `const codes = await Promise.all(${JSON.stringify(specifiers)}.map((each) => import(each).then(() => each, (e) => e.code)))
      console.log(JSON.stringify(codes.filter((code) => code !== "ERR_PACKAGE_PATH_NOT_EXPORTED")))`
    )
    expect(JSON.parse(output)).toEqual([])
  })

  for (const [module, moduleResolution] of [
    ["NodeNext", "NodeNext"],
    ["ESNext", "Bundler"]
  ] as const) {
    it(`type-checks against every export with ${moduleResolution}`, { timeout: 120_000 }, async () => {
      const imports = packed
        .flatMap(specifiersOf)
        .map((each, at) => `import * as module${at} from "${each}"\nvoid module${at}`)
      const directory = join(consumer, moduleResolution)
      mkdirSync(directory, { recursive: true })
      writeFileSync(join(directory, "imports.ts"), imports.join("\n"))
      writeFileSync(join(directory, "program.ts"), typedProgram)
      const compilerOptions = {
        module,
        moduleResolution,
        target: "ES2024",
        lib: ["ES2024", "ESNext.Disposable", "DOM", "DOM.AsyncIterable"],
        types: ["node"],
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: false
      }
      writeFileSync(join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }))
      const tsc = join(root, "node_modules/typescript/bin/tsc")
      const output = await run(process.execPath, [tsc, "-p", directory], consumer).catch(
        (error: Error) => error.message
      )
      // Types of third parties are theirs to keep; ours and the consumer's are checked whole.
      const ours = output
        .split("\n")
        .filter((line) => /error TS/u.test(line) && !/node_modules\/(?!(@saldo\/|saldo\/))/u.test(line))
      expect(ours).toEqual([])
    })
  }

  it("computes with money", async () => {
    const output = await runModule(
      "money.js",
      `import * as Money from "saldo/money/Money"
      import { Money as FromBarrel } from "saldo/money"
      const sum = Money.add(Money.of("0.10", "SEK"), FromBarrel.of("0.20", "SEK"))
      console.log(Money.toDecimal(sum), sum.currency)`
    )
    expect(output.trim()).toBe("0.30 SEK")
  })

  it("keeps rows in a SQLite file", async () => {
    const output = await runModule(
      "sqlite.js",
      `import * as Effect from "effect/Effect"
      import * as SqlClient from "effect/sql/SqlClient"
      import * as SqliteClient from "@saldo/sqlite/SqliteClient"
      const program = Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql\`CREATE TABLE IF NOT EXISTS amounts (minor INTEGER NOT NULL)\`
        yield* sql\`INSERT INTO amounts (minor) VALUES (\${9007199254740993n})\`
        const rows = yield* sql\`SELECT count(*) AS rows, max(minor) AS largest FROM amounts\`
        return rows[0]
      })
      const layer = SqliteClient.layer({ filename: "amounts.sqlite" })
      await Effect.runPromise(Effect.provide(program, layer))
      const row = await Effect.runPromise(Effect.provide(program, layer))
      console.log(String(row.rows), String(row.largest))`
    )
    expect(output.trim()).toBe("2 9007199254740993")
  })

  it("runs the commands that packages bring", async () => {
    for (const { manifest } of packed) {
      for (const name of Object.keys(manifest.bin ?? {})) {
        expect(await run(join(consumer, "node_modules/.bin", name), ["--help"], consumer)).toContain(name)
      }
    }
  })
})

describe("a build", () => {
  it("leaves nothing of modules that are gone", () => {
    const home = join(folder, "leftovers")
    mkdirSync(join(home, "src"), { recursive: true })
    mkdirSync(join(home, "dist"))
    for (const file of ["src/A.ts", "dist/A.js", "dist/A.d.ts.map", "dist/Gone.js", "dist/Gone.d.ts"])
      writeFileSync(join(home, file), "")
    expect(leftovers(home).toSorted()).toEqual([join(home, "dist/Gone.d.ts"), join(home, "dist/Gone.js")])
    expect(publishedPackages.flatMap((name) => leftovers(join(root, "packages", name)))).toEqual([])
  })
})

/** What a typed host writes; the lines that must not compile are checked by their directives. */
const typedProgram = `import * as Money from "saldo/money/Money"
const price = Money.of("12.50", "SEK")
const total: Money.Money<"SEK"> = Money.add(price, price)
void total
// @ts-expect-error amounts of different currencies do not add up
Money.add(price, Money.of("1.00", "EUR"))
`
