/**
 * That no type which a host can reach from the emitted declarations of `saldo/promise` is one of Effect's.
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as TypeScript from "typescript/unstable/sync"
import { afterAll, beforeAll, expect, it } from "vitest"

const home = fileURLToPath(new URL("../", import.meta.url))
const tsc = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url))
const base = fileURLToPath(new URL("../../../tsconfig.base.json", import.meta.url))

const planted = `import type * as Effect from "effect/Effect"
import type { DateTime } from "effect"
import type * as Brand from "effect/Brand"
export interface Planted {
  readonly byName: () => Promise<Effect.Effect<number>>
  readonly inAList: (given: { readonly dates: ReadonlyArray<DateTime.Utc> }) => void
  readonly branded: string & Brand.Brand<"x">
}
export declare class Held { static readonly made: (effect: Effect.Effect<void>) => Held; readonly plain: string }
export declare const generic: <A extends Effect.Effect<string>>(a: A) => void
`

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "saldo-promise-types-"))
  await mkdir(join(folder, "dist"))
  await symlink(join(home, "node_modules"), join(folder, "node_modules"))
  const reading = {
    extends: base,
    compilerOptions: { customConditions: [] },
    include: ["dist/promise.d.ts", "planted.d.ts"]
  }
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(reading))
  await writeFile(join(folder, "planted.d.ts"), planted)
  const emitting = ["--emitDeclarationOnly", "--noCheck", "--outDir", join(folder, "dist")]
  const lasting = ["--composite", "--incremental", "--declarationMap"].flatMap((flag) => [flag, "false"])
  const project = ["-p", join(home, "tsconfig.build.json"), "--tsBuildInfoFile", "null"]
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...project, ...emitting, ...lasting], {
    encoding: "utf8"
  })
  expect(`${stdout}${status}`).toBe("0")
})
afterAll(() => rm(folder, { recursive: true }))

/** The types of Effect that the exports of a module lead to, by the way there; and how many types were looked at. */
const effectTypesIn = (module: string) => {
  const api = new TypeScript.API({ cwd: folder })
  try {
    using snapshot = api.updateSnapshot({ openProjects: [join(folder, "tsconfig.json")] })
    const [project] = snapshot.getProjects()
    const file = project?.program.getSourceFile(join(folder, module))
    const exported = file && project?.checker.getSymbolAtLocation(file)
    if (project === undefined || exported === undefined) throw new TypeError(`${module} was not read`)
    return new Walk(project.checker).through(exported)
  } finally {
    api.close()
  }
}

const declaredIn = (symbol: TypeScript.Symbol | undefined, where: RegExp): boolean =>
  symbol?.declarations.some(({ path }) => where.test(path)) ?? false

const ofEffect = /\/node_modules\/effect\//iu
const ofThePlatform = /^bundled:|\/lib\.[^/]+\.d\.ts$|\/@types\/node\//iu

const isReference = (type: TypeScript.Type): type is TypeScript.TypeReference =>
  type.isObjectType() && (type.objectFlags & TypeScript.ObjectFlags.Reference) !== 0

class Walk {
  readonly #checker: TypeScript.Checker
  readonly #seen = new Set<number>()
  readonly #ahead: Array<readonly [type: TypeScript.Type, path: string]> = []
  readonly #found: Array<string> = []

  constructor(checker: TypeScript.Checker) {
    this.#checker = checker
  }

  through(module: TypeScript.Symbol) {
    for (const symbol of this.#checker.getExportsOfModule(module)) {
      if ((symbol.flags & TypeScript.SymbolFlags.Value) !== 0) {
        this.#meet(this.#checker.getTypeOfSymbol(symbol), `typeof ${symbol.name}`)
      }
      if ((symbol.flags & TypeScript.SymbolFlags.Type) !== 0) {
        this.#meet(this.#checker.getDeclaredTypeOfSymbol(symbol), symbol.name)
      }
    }
    for (let next = this.#ahead.shift(); next !== undefined; next = this.#ahead.shift()) this.#look(...next)
    return { found: this.#found, looked: this.#seen.size }
  }

  #meet(type: TypeScript.Type | undefined, path: string): void {
    if (type === undefined || this.#seen.has(type.id)) return
    this.#seen.add(type.id)
    this.#ahead.push([type, path])
  }

  #look(type: TypeScript.Type, path: string): void {
    if (type.isUnionType() || type.isIntersectionType()) {
      for (const member of type.getTypes()) this.#meet(member, path)
      return
    }
    if ((type.flags & TypeScript.TypeFlags.TypeParameter) !== 0) {
      this.#meet(this.#checker.getBaseConstraintOfType(type), `${path} extends`)
    }
    if ((type.flags & TypeScript.TypeFlags.Object) === 0) return
    const symbol = type.getSymbol()
    // What a type function of Effect's makes of ours is not Effect's: it has no name, and is looked into.
    if (declaredIn(symbol, ofEffect) && symbol?.name !== "__type") {
      this.#found.push(`${path}: ${symbol?.name}`)
      return
    }
    if (isReference(type)) for (const given of this.#checker.getTypeArguments(type)) this.#meet(given, `${path}<>`)
    if (!declaredIn(symbol, ofThePlatform)) this.#lookInto(type, path)
  }

  #lookInto(type: TypeScript.Type, path: string): void {
    const { Call, Construct } = TypeScript.SignatureKind
    for (const signature of [Call, Construct].flatMap((kind) => this.#checker.getSignaturesOfType(type, kind))) {
      for (const each of signature.getParameters()) {
        this.#meet(this.#checker.getTypeOfSymbol(each), `${path}(${each.name})`)
      }
      this.#meet(this.#checker.getReturnTypeOfSignature(signature), `${path}()`)
    }
    for (const { valueType } of this.#checker.getIndexInfosOfType(type)) this.#meet(valueType, `${path}[]`)
    for (const property of this.#checker.getPropertiesOfType(type)) {
      this.#meet(this.#checker.getTypeOfSymbol(property), `${path}.${property.name}`)
    }
  }
}

it("has no Effect type in any signature", async () => {
  expect(existsSync(join(folder, "dist/promise.d.ts"))).toBe(true)
  expect(await readFile(join(folder, "dist/promise.d.ts"), "utf8")).toContain(
    "createSaldo(options: BankSaldoOptions & "
  )
  const { found, looked } = effectTypesIn("dist/promise.d.ts")
  expect(found).toEqual([])
  expect(looked).toBeGreaterThan(800)
})

it("would see one in a result, an argument, a brand, a static member and a bound", () => {
  const { found } = effectTypesIn("planted.d.ts")
  expect(found.map((each) => each.slice(0, each.indexOf(": "))).toSorted()).toEqual(
    [
      "Planted.branded",
      "Planted.byName()<>",
      "Planted.inAList(given).dates<>",
      "typeof Held.made(effect)",
      "typeof generic(a) extends"
    ].toSorted()
  )
})
