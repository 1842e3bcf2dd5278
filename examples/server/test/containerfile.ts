/**
 * Carries out a container file without a container: the steps of each stage in a folder that stands for its root. Commands run with the
 * environment that the file gives and nothing else; what it calls by an absolute path lies in the folder.
 */
import { execFile, spawn } from "node:child_process"
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs"
import { basename, dirname, isAbsolute, join, matchesGlob, relative, resolve } from "node:path"
import { promisify } from "node:util"

interface Instruction {
  readonly name: string
  readonly text: string
}

/** A stage when its steps have been carried out. */
export interface Stage {
  readonly root: string
  readonly workdir: string
  readonly env: ReadonlyMap<string, string>
  readonly user: string | undefined
  readonly command: ReadonlyArray<string>
  readonly health: ReadonlyArray<string>
  readonly stopSignal: string
}

/** Where builds find what they need. */
export interface Building {
  /** The folder that is copied from, with its `.dockerignore`. */
  readonly context: string
  /** A folder for the roots of the stages. */
  readonly folder: string
  /** What commands of the build may know of the machine: where packages are kept that a build elsewhere fetches. */
  readonly supplies: Readonly<Record<string, string>>
}

const instructionsOf = (file: string): ReadonlyArray<Instruction> =>
  file
    .replaceAll(/^\s*#.*\n/gmu, "")
    .replaceAll(/\\\n/gu, " ")
    .split("\n")
    .flatMap((line) => {
      const [, name, text] = /^([A-Z]+)\s+(.+)$/u.exec(line.trim()) ?? []
      return name === undefined || text === undefined ? [] : [{ name, text: text.trim() }]
    })

const ignoredIn = (context: string) => {
  const patterns = readFileSync(join(context, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
  return (path: string) => patterns.some((pattern) => matchesGlob(path, pattern))
}

const words = (text: string): ReadonlyArray<string> => (text.startsWith("[") ? JSON.parse(text) : text.split(/\s+/u))

/** What a base image of Node has: the command `node`, and `npm` and `npx` for those who build. */
const baseOf = (root: string): void => {
  mkdirSync(join(root, "usr/local/bin"), { recursive: true })
  copyFileSync(process.execPath, join(root, "usr/local/bin/node"))
  chmodSync(join(root, "usr/local/bin/node"), 0o755)
}

/** A path of the stage, in the folder that stands for its root. */
export const inside = ({ root, workdir }: Pick<Stage, "root" | "workdir">, path: string): string =>
  join(root, isAbsolute(path) ? path : join(workdir, path))

/** The environment of a command; values that are paths of the stage lead into its folder. */
export const environmentOf = (stage: Pick<Stage, "env" | "root">): Record<string, string> => {
  const home = join(stage.root, "home")
  mkdirSync(home, { recursive: true })
  return {
    PATH: `${join(stage.root, "usr/local/bin")}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    ...Object.fromEntries([...stage.env].map(([name, value]) => [name, isAbsolute(value) ? stage.root + value : value]))
  }
}

const runAsync = promisify(execFile)

type Making = { -readonly [Key in keyof Stage]: Stage[Key] } & { env: Map<string, string> }

const copy = (stage: Making, stages: ReadonlyMap<string, Stage>, text: string, { context }: Building): void => {
  const parts = words(text)
  const from = parts.find((word) => word.startsWith("--from="))?.slice("--from=".length)
  const paths = parts.filter((word) => !word.startsWith("--"))
  const to = inside(stage, paths.at(-1) ?? "")
  const source = from === undefined ? undefined : stages.get(from)
  if (from !== undefined && source === undefined) throw new TypeError(`There is no stage ${from}`)
  const ignored = ignoredIn(context)
  for (const path of paths.slice(0, -1)) {
    const origin = source === undefined ? resolve(context, path) : inside(source, path)
    const single = statSync(origin).isFile()
    cpSync(origin, single ? join(to, basename(origin)) : to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (each) => source !== undefined || !ignored(relative(context, each))
    })
  }
}

/** A command of the build. What it names by an absolute path lies in the folder; whose that is, only root can say. */
const run = async (stage: Making, text: string, { supplies }: Building): Promise<void> => {
  const line = text
    .replaceAll(/(?<=\s)\/(?=[a-z])/gu, `${stage.root}/`)
    .replaceAll(/\bchown \S+/gu, process.getuid?.() === 0 ? "$&" : "true")
  await runAsync("sh", ["-ec", line], {
    cwd: inside(stage, "."),
    env: { ...environmentOf(stage), ...supplies },
    maxBuffer: 1e8
  })
}

/** Carries a file out, and gives its last stage. */
export const build = async (file: string, building: Building): Promise<Stage> => {
  const stages = new Map<string, Stage>()
  let stage: Making | undefined
  const current = (): Making => {
    if (stage === undefined) throw new TypeError("The file does not begin with FROM")
    return stage
  }
  const steps: Readonly<Record<string, (text: string) => void | Promise<void>>> = {
    ARG: () => undefined,
    FROM: (text) => {
      const name = / AS (\S+)$/u.exec(text)?.[1] ?? `stage${stages.size}`
      const root = join(building.folder, name)
      baseOf(root)
      stage = { root, workdir: "/", env: new Map(), user: undefined, command: [], health: [], stopSignal: "SIGTERM" }
      stages.set(name, stage)
    },
    WORKDIR: (text) => {
      current().workdir = text
      mkdirSync(inside(current(), "."), { recursive: true })
    },
    ENV: (text) => {
      const [name = "", value = ""] = text.split(/=(.*)/su)
      current().env.set(name, value)
    },
    COPY: (text) => copy(current(), stages, text, building),
    RUN: (text) => run(current(), text, building),
    USER: (text) => {
      current().user = text
    },
    EXPOSE: () => undefined,
    VOLUME: (text) => {
      if (!existsSync(inside(current(), text))) throw new TypeError(`The image has no ${text} to mount over`)
    },
    STOPSIGNAL: (text) => {
      current().stopSignal = text
    },
    HEALTHCHECK: (text) => {
      current().health = words(text.replace(/^.*?CMD /u, ""))
    },
    CMD: (text) => {
      current().command = words(text)
    }
  }
  for (const { name, text } of instructionsOf(file)) {
    const step = steps[name]
    if (step === undefined) throw new TypeError(`The test does not know ${name}`)
    await step(text)
  }
  return current()
}

const identityOf = ({ user }: Stage) => {
  const [uid, gid] = (user ?? "0:0").split(":").map(Number)
  // Only root can be somebody else.
  return process.getuid?.() === 0 && uid !== undefined && gid !== undefined ? { uid, gid } : {}
}

/** Starts a command of a stage as its user, in its environment and what is said beside it. */
export const startIn = (stage: Stage, command: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) => {
  for (let folder = stage.root; folder !== dirname(folder); folder = dirname(folder)) {
    if (folder.startsWith(dirname(stage.root))) chmodSync(folder, 0o755)
  }
  const [program = "", ...args] = command
  return spawn(program, args, {
    cwd: inside(stage, "."),
    env: { ...environmentOf(stage), ...env },
    ...identityOf(stage)
  })
}
