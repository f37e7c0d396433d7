import { defineInterface, p } from "../dsl.ts";

export const pipe = defineInterface({
  name: "pipe", number: 0x23,
  doc: "Makes pipes. Their ends are `file` capabilities; 64 KiB of buffer; a write of up to 4096 bytes is atomic.",
  methods: {
    create: { number: 1, doc: "A new pipe.", args: {}, results: { reader: p("cap", "file, read only"), writer: p("cap", "file, write only") }, errors: ["TooManyOpen", "NoMemory"], replayable: false },
  },
});
