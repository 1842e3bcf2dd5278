/** A picture that a camera reads. It is made here: what it says goes nowhere. */
import encodeQr from "qr"

/** Squares beside each other in a row are one stroke. */
const strokesOf = (rows: ReadonlyArray<ReadonlyArray<boolean>>): string =>
  rows
    .flatMap((row, y) =>
      row.flatMap((dark, x) => {
        if (!dark || row[x - 1] === true) return []
        const end = row.indexOf(false, x)
        return [`M${x} ${y}h${(end === -1 ? row.length : end) - x}v1H${x}z`]
      })
    )
    .join("")

/** A QR code (ISO/IEC 18004): dark on light in every appearance, as not all cameras read it the other way round. */
export const QrCode = ({ label, of }: { readonly of: string; readonly label: string }) => {
  const rows = encodeQr(of, "raw", { border: 4, ecc: "medium" })
  return (
    <svg class="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label}>
      <path class="qr-paper" d={`M0 0H${rows.length}V${rows.length}H0z`} />
      <path class="qr-ink" d={strokesOf(rows)} shape-rendering="crispEdges" />
    </svg>
  )
}
