/**
 * Reads XML in pieces and hands over one record after the other as a small tree, so that a document of any length takes
 * the memory of its largest record. Nothing that a document defines is expanded; whatever is not plain XML 1.0 with
 * namespaces is a problem, and so is what exceeds the limits.
 */
import { type SaxesAttributeNS, SaxesParser } from "saxes"
import { makeXmlText } from "./xmlText.ts"

/** An element with what is in it. `parent` is absent for the root. */
export interface XmlNode {
  /** The name without its prefix. */
  readonly name: string
  /** The namespace, empty for none. */
  readonly uri: string
  /** Attributes without a namespace. */
  readonly attributes: ReadonlyMap<string, string>
  readonly parent: XmlNode | undefined
  /** The how-manieth of its name it is in its parent, from 1. */
  readonly ordinal: number
  readonly children: ReadonlyArray<XmlNode>
  /** The text and CDATA directly in it, joined. */
  readonly text: string
  readonly line: number
}

/** What is wrong with a document, and where. */
export interface XmlProblem {
  readonly path: string
  readonly line: number
  readonly problem: string
}

/** What a format does with its document. A text answer is a problem and ends the reading. */
export interface XmlHandlers {
  /** Whether this element is a record, to be handed over when it ends. Elements that are none may hold no text. */
  readonly isRecord: (node: XmlNode, depth: number) => boolean
  /** An element that is no record begins. */
  readonly onOpen: (node: XmlNode, depth: number) => string | undefined
  readonly onRecord: (node: XmlNode, depth: number) => XmlProblem | undefined
  /** An element that is no record ends. */
  readonly onClose: (node: XmlNode, depth: number) => XmlProblem | undefined
}

/** Takes a document in pieces of text or bytes, each call with the first problem found so far. */
export interface XmlReader {
  readonly write: (chunk: string | Uint8Array) => XmlProblem | undefined
  readonly end: () => XmlProblem | undefined
}

/** How deep elements may nest, how long one piece of markup or text may be, and how many elements a record may have. */
export const xmlLimits = { depth: 64, tokenLength: 1_048_576, recordElements: 100_000 } as const

// The parser is stopped between slices only, and looks a name's prefix up through all elements that are open: a short slice
// keeps what a document made of opening tags alone can cost small.
const sliceLength = 8192

interface OpenNode extends XmlNode {
  readonly children: Array<XmlNode>
  text: string
  readonly counts: Map<string, number>
  readonly inRecord: boolean
}

/** The place of an element: names from the root, with a number where a name is repeated. */
export const pathOf = (node: XmlNode | undefined): string =>
  node === undefined ? "" : `${pathOf(node.parent)}/${node.name}${node.ordinal === 1 ? "" : `[${node.ordinal}]`}`

// What is quoted behind a colon may be anything that the document says, and does not belong into a log.
const reasonOf = (error: Error): string =>
  `expected well-formed XML, but: ${error.message.replace(/^\d+:\d+: /u, "").replace(/[:.].*$/su, "")}`

/** A reader for one document. */
export const makeXmlReader = (handlers: XmlHandlers): XmlReader => {
  const parser = new SaxesParser({ xmlns: true })
  const text = makeXmlText()
  const open: Array<OpenNode> = []
  let problem: XmlProblem | undefined
  let elements = 0
  let lastEvent = 0

  const fail = (reason: string, node: XmlNode | undefined = open.at(-1)): void => {
    problem ??= { path: pathOf(node) || "/", line: node?.line ?? parser.line, problem: reason }
  }

  const addText = (piece: string): void => {
    lastEvent = parser.position
    const node = open.at(-1)
    if (problem !== undefined || node === undefined) return
    if (node.inRecord) node.text += piece
    else if (piece.trim() !== "") fail("expected elements only, found text", node)
  }

  parser.on("error", (error) => fail(reasonOf(error)))
  parser.on("doctype", () => fail("expected no document type declaration", undefined))
  parser.on("text", addText)
  parser.on("cdata", addText)
  parser.on("comment", () => void (lastEvent = parser.position))
  parser.on("processinginstruction", () => void (lastEvent = parser.position))
  parser.on("opentag", (tag) => {
    lastEvent = parser.position
    if (problem !== undefined) return
    const parent = open.at(-1)
    const ordinal = (parent?.counts.get(tag.local) ?? 0) + 1
    parent?.counts.set(tag.local, ordinal)
    const bare: OpenNode = {
      name: tag.local,
      uri: tag.uri,
      attributes: attributesOf(Object.values(tag.attributes)),
      parent,
      ordinal,
      children: [],
      text: "",
      line: parser.line,
      counts: new Map(),
      inRecord: parent?.inRecord ?? false
    }
    const depth = open.length + 1
    const node = bare.inRecord || !handlers.isRecord(bare, depth) ? bare : { ...bare, inRecord: true }
    elements = parent?.inRecord === true ? elements + 1 : 1
    open.push(node)
    if (depth > xmlLimits.depth) return fail(`expected at most ${xmlLimits.depth} levels of elements`)
    if (elements > xmlLimits.recordElements) return fail(`expected at most ${xmlLimits.recordElements} elements in it`)
    const complaint = node.inRecord ? undefined : handlers.onOpen(node, depth)
    if (complaint !== undefined) fail(complaint)
  })
  parser.on("closetag", () => {
    lastEvent = parser.position
    if (problem !== undefined) return
    const node = open.pop()
    if (node === undefined) return
    const parent = open.at(-1)
    if (parent?.inRecord === true) parent.children.push(node)
    else if (node.inRecord) problem ??= handlers.onRecord(node, open.length + 1)
    else problem ??= handlers.onClose(node, open.length + 1)
  })

  const feed = (decoded: string | { readonly problem: string }): XmlProblem | undefined => {
    if (typeof decoded !== "string") fail(decoded.problem)
    else {
      for (let at = 0; at < decoded.length; at += sliceLength) {
        if (problem !== undefined) break
        parser.write(decoded.slice(at, at + sliceLength))
        if (parser.position - lastEvent > xmlLimits.tokenLength) {
          fail(`expected no text or markup of more than ${xmlLimits.tokenLength} characters in one piece`)
        }
      }
    }
    return problem
  }

  return {
    write: (chunk) => problem ?? feed(typeof chunk === "string" ? chunk : text.write(chunk)),
    end: () => {
      feed(text.end())
      if (problem === undefined) parser.close()
      return problem
    }
  }
}

const attributesOf = (attributes: ReadonlyArray<SaxesAttributeNS>): ReadonlyMap<string, string> =>
  new Map(attributes.flatMap(({ local, uri, value }) => (uri === "" ? [[local, value] as const] : [])))
