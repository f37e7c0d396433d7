// An empty disk for benchmarks, 64 MiB with ext3 on it, as Debian's mke2fs makes it; compressed twice, as it is nearly all zeros:
//
//   mke2fs -t ext3 -b 4096 -J size=4 -I 128 -N 1024 -U 00000000-0000-4000-8000-000000000001 e.img 64M
//   gzip -9n < e.img | gzip -9n | base64

const PACKED = [
  "H4sIAAAAAAACA+3dWVAUZwIHcLwgqSgksdQEo+yWG6ytLBLLaohjEFkj6hKEYYCRgZmJF+h0IJcjcciALh5JDGhCgmaIIEFgrp5BsTkGAQ3rkQM0sY84OqAx4tINGoPtMRyz6j7tY562",
  "qPr/Hrq/+rq/qq/+30O//Ks6ZM8Tfo+Mn9DvmVQXpa88cXsoKPgvh2Mm9fnHTBz35MpN8uBN+0qfTTwcE7Pp6c9vJrriXM/s8++76f/ijnspde90l92OOrO74tzlWwvztnR5PC03+r8a",
  "8SzK3fKG3/29xLHe5587sPXsiRPZ702efHz+r4UXC6PffGN30EzvyeGyGTNzCrdvv9ej7a2OmVA4euf+hMLFx0P6Ot76crBjw+QHF77rfdAx3P6+4Dv654LIrPvtZYO12c+9aqae23rl",
  "XDS/2ZOgXcB8QiiMjkxHmjBIkMbKTNvF6LUXC8jzBWcvbfy4MvBFv22+oF2WNWTT9p4KX/v89b9tm7rQ73/dV+b5ek5e1gQ83O/QcIDfKL3rvdFxDx+E5Ba8sNs36lUW9GsXjhas6c6J",
  "HTJLQQ9sZG781QRiOOTnNWdy5pXdmNNdUOgf6p27P2qg59XZd/Zy0b/9KIaMhkdcqWiPmBVy/ehWX91Q9Fpf0KiNL/jOZK1xbOqP8Pt/Wtzrz5+dUOif4KvtO1lYe+vkivjoKOHDwsjL",
  "6wfDatKySsIiNd+3jfd7mJ4z1lt22ydW5b88GvBoZWZs/VMP7yfuhzy8/ndu1DMy6hvdzSS2jH/0Rum8snV3C32v3gkZ2FtSuLg/5EDWwwMPHS27Me6P7fKE74cZZLGpvtcazl4mEjrT",
  "B9n95Kjq0HT7Tt1V1eG2pD3cWvr9MHkcl0RvNtKlFifLkxdVjlLnNN0plSXVkSLMpHVUqo0PpjOpFJKX0TnGes4mkYXuughrEVniTc1WlbG99LLstB4HpRPdNW2KHipbzKPV2dpFTDGt",
  "GMhoYRx0urE9P7GFny11eOUDaXlsN50wkD7EjuqXzFod7SgUrnhXjhwLtCwV62THi81zRLPMVWxZJzbJ2laZp4qHZc35qdFOhcDIqFXOBcIPMluX4z3hsszZ5XxK+MZlnueIE2boN6lT",
  "9/PT9BvUKUqe0GerlTw/Rb/Ok9xuLxNLXXR+SiM7oF/uSctlPfoET/o91imOGg7Ntu8WrhoOz6bOCLcNX5fba4U+Q005dUN4YKjU2PcL1w3VGooXJENVt72HeUukDC3dllwxV9K0+oYm",
  "rEvUEk27mPPBNbuoq7r7wZWx9k91vwZXL5ZXcRsJQ5G8wj6ftAe3nLa8Qx4Pbg81PykqpD7v6/HJU/ks8jPTsVDbt+THpqM1VgtpMjXU2PrIXaYjmdZz7A9EnLEtkwpn3iTyjEd6zQtJ",
  "hzepUz3IHCe0xuZe5yTdSZV5umOZ8BK9MSx1D/8svT4sJY5Xkl96VcbWUuq67oGqMtX+he66qrpNbuN0tIGSk5yK3kIpRC6SbFW1R5inkFXupgjLW2wNnZatSWdKpQG3tcGRLSySPO6G",
  "NuUl9i69dGD1IraLjhtQtbD3xAA6b0AebQ9hy2nlgHqIaaO1A9oAZrt0TWYOdFQwCeI+2bFAW4f4oexosbVKPCBrKLZdE3fIjqyylohZ0qCsehV1Qbgjq+qy1wv9stoualAYdh2aZ98j",
  "/OI6nC/fz23Qb1XLlVyKXq9W8Jxeb/QkRnLx0veu5hxLuqjUp3s0ucxBvdKjvse06rUjrpvOAOGkwTzbsVz40WCf7ZwrfGuwljuyhIsGR7lzhnDKYNE4lAJroDTOSKHTGz/S0G1tFA8a",
  "GvOVt9gh4uWma+3+/L5gVQdTR2RM0c5hPiSSijKqmLk6JpiKdc4XSojMopR1/CtETpHyGj+RWGO0LlZXWD7S/eJ9Mz6phFtPbI2XK7hkQh+vuMBtJoydiQu416VmU3Om5Rxvl3aaqExn",
  "OPcCkdWZorU2k+Wmxl5bOD9MLwlb/RT7Db3CWD2dOqW7rfq61F6t6/PqwhRam5M/SmeEaV9iPqaTqAwbE6ljVVSqk9B1qmycQ6/zeDMppcj702uyk2fyoRLlPhZh6yT3uI+2qdNZjo43",
  "1ralX+Lu6VrcbVvMs8had/MWi5ps9OaPHNrijBJ2S1Xu+rvWVrLC3XjXNiJuk9XlZwSwJ6US76ZZSbu5Nfr3Z8mXc3L95lmKM9w7+g8OJs7lVurfHbHna2oZi151UJPFfKlPPai+wTTr",
  "NQe1M5iderk6Yz8TLvzkss9zviR857I6HKTgdjkczpnCaZclPy2SD9OTI9Yc2yWx2FV/09oilrsab9q0/Ii0JGp1ENshrYhS7WWvSa9FpSWwF6TXo9LPsYPS31tXh7PfS/9oVTlZUYpt",
  "TWu39HDp0pZWxS3ultBqaPfftXmYvxKctJQ8ENywy3aV3BF8JNb6Kfm597UiVRX7byLWePS0/YiuP7j2NHVbN2w6FGpPYGvFBYQ8PqOCWqn7yWQPdf5V99/vi85tctQ4n9edNlkWKxfw",
  "f5MemOi2xHq2Xzplquq1NwtxRG6nYpD7QLpuap9unkRWqpqmW5zM1/TqME0c8xmdHKbWUhsEUpJUDaW26+RO1ZFU6xfkF95YSmVjBTqWSiNZN72KSu+xS7oR96EIe5HumvtwW0oZl0lv",
  "zZanc42kze1qsNxicslLXk228hIfSK8bSF7Ez6PJgdQeZwhzk14+UpefnMdp6NwBxRCXTxfMSgzg9oqHZE35SdHUUuG8zB7onCOclVmLHeuEn2WOYudU4V8yyypHBXtO/FxGr7JdED+R",
  "1XdZ68WvZI1dtkHxn666edY94mfeZWrVfva6fpk6Tcmy+nh1Os9K+qWe1ZFsuNjrqs6htGy2Ps8jz+XU+lyP4h5nlERX+2xzgFhpaJptWS4eMRwvN88VLQZXuSVLbDa0acwzxGpDs8ai",
  "FGlDa7c5UoyULhls3Y5cweNVtypv8SfOF/uCM5bqNk5RdHBvEx8UJc7hVhDvFiVVmOXkseDW0+YE7gCRWqS+xjQRmiLtVGaHZPFuNtaEWj8S64mV8aoS9ldiWXyagmWI+Pj0C1Okocl+",
  "AAAAAAAAAAAAAAAAAABj0zbf2qDAiY9Hw9qZMSkAAAAAAAAAAAAAAAAAAAAw1u2MeuXpx7WA3wuyJyIOAAAAAAAAAAAAAAAAAACAMW/a3StLHncBzvroZ5KRBwAAAAAAAAAAAAAAAAAA",
  "wJj3c+GEcY+6AH/y8bGJiAMAAAAAAAAAAAAAAAAAAGDMWxMUOPFRF2DbsHZmDOIAAAAAAAAAAAAAAAAAAAAY83ZGvfL0458E/F6QPRFxAAAAAAAAAAAAAAAAAAAAjHnT7l5Z8rgLcNZH",
  "P5OMPAAAAAAAAAAAAAAAAAAAAMY8d+HS8Y+6ADE+bd43T/j9MW8/saPBs+zhYOJ/AFwYS+IwBwEA",
].join("");

export async function emptyExt3(): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(PACKED), (character) => character.charCodeAt(0));
  const unpack = (): DecompressionStream => new DecompressionStream("gzip");
  return new Uint8Array(await new Response(new Blob([packed]).stream().pipeThrough(unpack()).pipeThrough(unpack())).arrayBuffer());
}
