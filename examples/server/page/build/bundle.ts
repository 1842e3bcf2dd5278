/**
 * The page as files that a server can hand out: bundled, named after what is in them, compressed, with their headers.
 */
import { build, type BuildOptions, type Metafile } from "esbuild"
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { basename } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"

/** A file of the page. */
export interface PageFile {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** The body compressed, by the name of the encoding; a client that takes neither gets the body. */
  readonly encoded: Readonly<Record<"br" | "gzip", Uint8Array>>
}

const here = fileURLToPath(new URL("..", import.meta.url))

/** Everything comes from the server itself; nothing is inline, framed, or sent elsewhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

const common = {
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
} as const

const fileOf = (body: Uint8Array, type: string, cache: string): PageFile => ({
  body,
  headers: { ...common, "content-type": type, "cache-control": cache, vary: "accept-encoding" },
  encoded: {
    br: brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    gzip: gzipSync(body, { level: 9 })
  }
})

const types: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml"
}

/** A file with a name that says what is in it. */
type Named = readonly [name: string, file: PageFile]

const forever = "public, max-age=31536000, immutable"

const namedAfter = (name: string, ending: string, body: Uint8Array): Named => [
  `/assets/${name}-${createHash("sha256").update(body).digest("hex").slice(0, 16)}.${ending}`,
  fileOf(body, types[ending] ?? "", forever)
]

const options = {
  bundle: true,
  write: false,
  minify: true,
  target: "es2023",
  platform: "browser",
  conditions: ["saldo-source"],
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "silent"
} as const satisfies BuildOptions

const bundled = async (name: string, entry: string, format: "esm" | "iife", ending: string): Promise<Named> => {
  const { outputFiles } = await build({ ...options, entryPoints: [`${here}${entry}`], format })
  const [output] = outputFiles
  if (output === undefined) throw new TypeError(`esbuild made nothing of ${entry}`)
  return namedAfter(name, ending, output.contents)
}

/** A script in parts: what the first of them needs at once, and what comes when somebody asks for it. */
interface Parted {
  readonly main: Named
  /** The paths of what is needed at once, so that it is asked for with the first part and not after it. */
  readonly needed: ReadonlyArray<string>
  readonly parts: ReadonlyArray<Named>
}

/** What a file imports, and what that imports, and so on; what is only imported when it is asked for is left out. */
const neededBy = (file: string, outputs: Metafile["outputs"], found: Set<string> = new Set()): ReadonlySet<string> => {
  for (const { kind, path } of outputs[file]?.imports ?? []) {
    if (kind !== "import-statement" || found.has(path)) continue
    found.add(path)
    neededBy(path, outputs, found)
  }
  return found
}

/** A script and its parts; esbuild names each after what is in it. */
const parted = async (name: string, entry: string): Promise<Parted> => {
  const { metafile, outputFiles } = await build({
    ...options,
    entryPoints: { [name]: `${here}${entry}` },
    format: "esm",
    splitting: true,
    outdir: "/assets",
    entryNames: "[name]-[hash]",
    chunkNames: "part-[hash]",
    metafile: true
  })
  const files = outputFiles.map(({ contents, path }): Named => [
    `/assets/${basename(path)}`,
    fileOf(contents, types["js"] ?? "", forever)
  ])
  const main = files.find(([path]) => path.startsWith(`/assets/${name}-`))
  if (main === undefined) throw new TypeError(`esbuild made nothing of ${entry}`)
  const place = Object.keys(metafile.outputs).find((file) => basename(file) === basename(main[0])) ?? ""
  return {
    main,
    needed: [...neededBy(place, metafile.outputs)].map((file) => `/assets/${basename(file)}`),
    parts: files.filter((file) => file !== main)
  }
}

/** The page's files by their paths: `/`, and what it loads. The names of the latter change with what is in them. */
export const bundlePage = async (): Promise<ReadonlyMap<string, PageFile>> => {
  const [early, { main, needed, parts }, style, icon, html] = await Promise.all([
    bundled("early", "src/early.ts", "iife", "js"),
    parted("main", "src/main.tsx"),
    bundled("style", "src/styles/page.css", "esm", "css"),
    readFile(`${here}icon.svg`),
    readFile(`${here}index.html`, "utf8")
  ])
  const linked = { early, main, style, icon: namedAfter("icon", "svg", icon) }
  const preloads = needed.map((path) => `<link rel="modulepreload" href="${path}" />`).join("")
  const page = Object.entries(linked)
    .reduce((text, [name, [path]]) => text.replace(`%${name}%`, path), html)
    .replace("<!-- needed -->", preloads)
  const files = new Map<string, PageFile>([...Object.values(linked), ...parts])
  return files.set("/", fileOf(Buffer.from(page), "text/html; charset=utf-8", "no-cache"))
}
