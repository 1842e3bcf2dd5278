import { contentDigestOf, falseDisclosure, isErased, linkHash } from "./auditContent.ts"
import { scopesOf, trailActions } from "./AuditHold.ts"
import type { AuditRecord } from "./AuditRecord.ts"
import {
  type AuditHead,
  type AuditProblem,
  type AuditStrays,
  type AuditVerdict,
  genesis,
  type SealedRecord
} from "./AuditSeal.ts"
import type { Finding, Suspect, Walk } from "./AuditWalk.ts"
import { rangesFrom, without, withNext } from "./sequenceRanges.ts"

/** The beginning of a verification, optionally against a head that was kept elsewhere. */
export const start = (tenant: string, kept: AuditHead = genesis): Walk => ({
  tenant,
  kept,
  head: genesis,
  last: undefined,
  purged: 0,
  erasures: 0,
  gone: [],
  erased: new Map(),
  finding: undefined,
  suspect: undefined
})

const broken = (
  walk: Walk,
  at: number,
  link: SealedRecord | undefined,
  problem: AuditProblem,
  detail: string,
  suspect?: Suspect
): Walk => ({ ...walk, finding: { sequence: at, recordId: link?.recordId ?? null, problem, detail }, suspect })

/** Whether a link's record is what was sealed, had it stood at another place. */
const isGenuineAt = (link: SealedRecord, sequence: number): boolean =>
  link.record !== null && contentDigestOf(link.record, sequence) === link.contentDigest

/** Links that were lost before a renumbered one are looked for this far. */
const farthestShift = 1000

const isShifted = (link: SealedRecord): boolean =>
  Array.from({ length: farthestShift }, (_, index) => link.sequence + index + 1).some((at) => isGenuineAt(link, at))

/** A link that does not follow the one before it: the reason is in the link, in the one before, or further behind. */
const unlinked = (walk: Walk, link: SealedRecord): Walk => {
  const { head, last } = walk
  if (last !== undefined && link.previous === last.previous && isGenuineAt(link, last.sequence)) {
    return broken(walk, last.sequence, last, "inserted", "The link behind it was sealed in its place")
  }
  const suspect = { link, previous: head.hash }
  return isShifted(link)
    ? broken(walk, link.sequence, undefined, "missing", "A later record stands in its place", suspect)
    : broken(walk, link.sequence, link, "altered", "Its link does not follow the one before it", suspect)
}

/** A link behind a wrong one that tells that the two changed places, or that the wrong one was put between. */
const reconsider = (walk: Walk, { link, previous }: Suspect, later: SealedRecord): Walk => {
  const { finding } = walk
  if (finding === undefined) return walk
  const exchanged =
    link.record !== null &&
    contentDigestOf({ ...link.record, id: later.recordId }, later.sequence) === later.contentDigest
  if (link.previous === previous) {
    return exchanged
      ? broken(walk, link.sequence, link, "reordered", `Its content belongs to sequence ${later.sequence}`)
      : walk
  }
  if (later.previous !== previous) return walk
  return finding.problem === "missing" || isGenuineAt(link, later.sequence)
    ? broken(walk, link.sequence, link, "reordered", `It changed places with sequence ${later.sequence}`)
    : broken(walk, link.sequence, link, "inserted", `The record of this place stands at sequence ${later.sequence}`)
}

/** Takes what a recorded purge or erasure explains from what is still to be explained. */
export const explain = (walk: Walk, record: AuditRecord): Walk => {
  if (record.kind !== "security") return walk
  if (record.action === trailActions.purge) {
    const values = record.changes.flatMap(({ after, path }) =>
      path === "/sequences" && after._tag === "Plain" && typeof after.value === "string" ? [after.value] : []
    )
    return { ...walk, gone: without(walk.gone, values.flatMap(rangesFrom)) }
  }
  if (record.action === trailActions.erase) {
    const left = [...walk.erased].filter(([, { scopes }]) => !scopes.includes(record.subject.id))
    return { ...walk, erased: new Map(left) }
  }
  return walk
}

const withErased = (walk: Walk, record: AuditRecord, sequence: number): Walk => {
  const scopes = scopesOf(record)
  const key = JSON.stringify(scopes)
  const erasures = walk.erasures + 1
  if (walk.erased.has(key)) return { ...walk, erasures }
  return { ...walk, erasures, erased: new Map([...walk.erased, [key, { first: sequence, scopes }]]) }
}

const content = (walk: Walk, link: SealedRecord): Walk => {
  const { record, sequence } = link
  if (record === null) return { ...walk, purged: walk.purged + 1, gone: withNext(walk.gone, sequence) }
  if (contentDigestOf(record, sequence) !== link.contentDigest || record.id !== link.recordId) {
    const suspect = { link, previous: link.previous }
    return broken(walk, sequence, link, "altered", "Its content is not what was sealed", suspect)
  }
  const path = falseDisclosure(record)
  if (path !== undefined) return broken(walk, sequence, link, "altered", `Its personal value at ${path} was altered`)
  return explain(isErased(record) ? withErased(walk, record, sequence) : walk, record)
}

/** Verifies the next link of the chain. */
export const step = (walk: Walk, link: SealedRecord): Walk => {
  if (walk.finding !== undefined) {
    return walk.suspect === undefined ? walk : reconsider(walk, walk.suspect, link)
  }
  const { head, kept } = walk
  const expected = head.sequence + 1
  if (link.sequence !== expected) {
    return broken(walk, expected, undefined, "missing", `The next link is that of sequence ${link.sequence}`)
  }
  if (link.previous !== head.hash) return unlinked(walk, link)
  if (linkHash(link.previous, link.contentDigest) !== link.hash) {
    return broken(walk, expected, link, "altered", "The hash of its link is not that of its digest")
  }
  if (expected === kept.sequence && link.hash !== kept.hash) {
    return broken(walk, expected, link, "altered", "Its hash is not the one that was kept")
  }
  const read = content(walk, link)
  return read.finding === undefined
    ? { ...read, head: { sequence: expected, hash: link.hash }, last: { ...link, record: null } }
    : read
}

/** Whether something is gone of which the walk has not seen why. */
export const isUnexplained = (walk: Walk): boolean => walk.gone.length > 0 || walk.erased.size > 0

const firstFinding = (walk: Walk): Finding | undefined => {
  const { erased, finding, gone } = walk
  const found = finding === undefined ? [] : [finding]
  const [lost] = gone
  const detail = "Its content is gone, and no purge in the trail says so"
  if (lost !== undefined) found.push({ sequence: lost[0], recordId: null, problem: "missing", detail })
  for (const { first } of erased.values()) {
    const why = "Its personal values are gone, and no erasure in the trail says so"
    found.push({ sequence: first, recordId: null, problem: "missing", detail: why })
  }
  return found.sort((a, b) => a.sequence - b.sequence)[0]
}

/** What the verification of a whole chain found. */
export const verdict = (walk: Walk, strays: AuditStrays, waiting: number): AuditVerdict => {
  const { erasures, head, kept, purged, tenant } = walk
  const finding = firstFinding(walk)
  if (finding !== undefined) return { _tag: "Broken", tenant, ...finding }
  const outside = (recordId: SealedRecord["recordId"], problem: AuditProblem, detail: string): AuditVerdict => ({
    _tag: "Broken",
    tenant,
    sequence: null,
    recordId,
    problem,
    detail
  })
  if (head.sequence < kept.sequence) {
    const detail = `The chain ends before sequence ${kept.sequence}, which was kept as its head`
    return { _tag: "Broken", tenant, sequence: head.sequence + 1, recordId: null, problem: "missing", detail }
  }
  if (strays.unlinked !== null) return outside(strays.unlinked, "inserted", "It is neither sealed nor waits for a seal")
  if (strays.vanished !== null) return outside(strays.vanished, "missing", "It waited for its seal and is gone")
  return { _tag: "Intact", tenant, head, records: head.sequence, purged, erased: erasures, waiting }
}
