// Draws a record: a row per 8 bytes, a box per field, as wide as the field is long. Rows that hold no field are drawn once.
import type { RecordType } from "../../idl/dsl.ts";
import { scalarSizes } from "../model.ts";

const ROW = 8;
/** Characters of one byte, its left border included. */
const BYTE = 9;

interface Span { readonly name: string; readonly start: number; readonly end: number }

export function drawRecord(record: RecordType): string {
  const fields = Object.entries(record.fields).map(([name, field]): Span => ({ name, start: field.offset, end: field.offset + scalarSizes[field.type] }));
  const margin = String(record.size).length, indent = " ".repeat(margin + 1);
  const head = Array.from({ length: Math.min(ROW, record.size) }, (_, i) => centred(`+${i}`, BYTE)).join("");
  const lines = [(indent + head).trimEnd()];
  for (let row = 0; row < record.size; row += ROW) {
    const end = Math.min(row + ROW, record.size), spans = spansOf(fields, row, end);
    if (row === 0) lines.push(indent + border(spans));
    if (spans.some((span) => span.name)) {
      lines.push(`${String(row).padStart(margin)} |${spans.map((span) => centred(span.name || "-", width(span))).join("|")}|`);
    } else {
      let last = end;
      while (last < record.size && spansOf(fields, last, Math.min(last + ROW, record.size)).every((span) => !span.name)) last = Math.min(last + ROW, record.size);
      lines.push(`${String(row).padStart(margin)} |${centred(last > end ? `bytes ${row} to ${last - 1}: no field` : "-", width({ name: "", start: row, end }))}|`);
      row += Math.ceil((last - row) / ROW) * ROW - ROW;
    }
    lines.push(indent + border(spans));
  }
  return lines.join("\n");
}

/** What lies from byte `from` to byte `to` of the record: fields, and gaps without a name. */
function spansOf(fields: readonly Span[], from: number, to: number): Span[] {
  const spans: Span[] = [];
  for (let at = from; at < to;) {
    const field = fields.find((each) => each.start <= at && at < each.end);
    const end = Math.min(to, field ? field.end : Math.min(to, ...fields.filter((each) => each.start > at).map((each) => each.start)));
    spans.push({ name: field?.name ?? "", start: at, end });
    at = end;
  }
  return spans;
}

function width(span: Span): number { return (span.end - span.start) * BYTE - 1; }
function border(spans: readonly Span[]): string { return "+" + spans.map((span) => "-".repeat(width(span))).join("+") + "+"; }

function centred(text: string, to: number): string {
  const shown = text.length > to ? text.slice(0, to - 1) + "." : text;
  const left = (to - shown.length) >> 1;
  return " ".repeat(left) + shown + " ".repeat(to - shown.length - left);
}
