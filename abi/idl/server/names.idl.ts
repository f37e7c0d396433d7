import { defineInterface, p } from "../dsl.ts";

export const names = defineInterface({
  name: "names", number: 0x10,
  doc: "Binds names such as `vfs` to capabilities. The kernel has no global names; this server does. A name has a public capability, one for administrators only, or both. Publishing needs the rights Manage and Receive, which only the maker of this server's endpoint has.",
  methods: {
    lookup: { number: 1, doc: "The capability published under a name. With `wait`, answers when someone publishes it. Asked through a capability with the right Manage, it is the administrative one where there is one; without, names that have only that are not there.", args: { wait: p("bool", "wait until it is there"), name: p("string", "1–63 bytes") }, results: { object: p("cap", "a copy") }, errors: ["NotFound", "TooLong"], replayable: true },
    publish: { number: 2, doc: "Publish a capability, replacing an older one of the same name and audience.", args: { administrative: p("bool", "only for those who ask with Manage"), object: p("cap", "what to publish"), name: p("string", "1–63 bytes") }, results: {}, errors: ["NoRight", "NoSpace", "TooLong"], replayable: true },
    remove: { number: 3, doc: "Withdraw a name from both audiences.", args: { name: p("string", "1–63 bytes") }, results: {}, errors: ["NotFound", "NoRight"], replayable: false },
    watch: { number: 5, doc: "Signal a Notification when a name is next looked up; `wanted` then tells which. For servers that are started when they are first wanted: calls to their endpoint wait there until they serve.", args: { notify: p("cap", "a Notification"), bits: p("u64", "bits to signal"), name: p("string", "a published name") }, results: {}, errors: ["NotFound", "NoRight", "TooLong"], replayable: true },
    wanted: { number: 6, doc: "The watched names that were looked up since the last such call, one a line. They are watched no longer.", args: {}, results: { text: p("bytes", "UTF-8") }, errors: ["NoRight"], replayable: false },
    list: { number: 4, doc: "All names, one a line; without Manage, the public ones.", args: { position: p("u64", "byte offset into the text") }, results: { text: p("bytes", "UTF-8") }, errors: [], replayable: true },
  },
});
