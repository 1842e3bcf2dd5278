/**
 * The page as files that a server can hand out: bundled, named after what is in them, compressed, with their headers.
 */
import { build } from "esbuild"
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
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

const bundled = async (entry: string, format: "esm" | "iife"): Promise<Uint8Array> => {
  const { outputFiles } = await build({
    entryPoints: [`${here}${entry}`],
    bundle: true,
    write: false,
    minify: true,
    format,
    target: "es2023",
    platform: "browser",
    conditions: ["saldo-source"],
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "silent"
  })
  const [output] = outputFiles
  if (output === undefined) throw new TypeError(`esbuild made nothing of ${entry}`)
  return output.contents
}

/** The page's files by their paths: `/`, and what it loads. The names of the latter change with what is in them. */
export const bundlePage = async (): Promise<ReadonlyMap<string, PageFile>> => {
  const [early, main, style, icon, html] = await Promise.all([
    bundled("src/early.ts", "iife"),
    bundled("src/main.tsx", "esm"),
    bundled("src/styles/page.css", "esm"),
    readFile(`${here}icon.svg`),
    readFile(`${here}index.html`, "utf8")
  ])
  const files = new Map<string, PageFile>()
  let page = html
  for (const [name, ending, body] of [
    ["early", "js", early],
    ["main", "js", main],
    ["style", "css", style],
    ["icon", "svg", icon]
  ] as const) {
    const path = `/assets/${name}-${createHash("sha256").update(body).digest("hex").slice(0, 16)}.${ending}`
    files.set(path, fileOf(body, types[ending] ?? "", "public, max-age=31536000, immutable"))
    page = page.replace(`%${name}%`, path)
  }
  files.set("/", fileOf(Buffer.from(page), "text/html; charset=utf-8", "no-cache"))
  return files
}
