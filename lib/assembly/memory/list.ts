// Circular doubly linked lists through links inside the records. The list's head is itself a link; an empty list's head
// points to itself. A record finds itself from its link by subtracting the link's offset. Removing needs no head.
//
//   for (let link = head.next; link != headAddress; link = next) ...   take `next` before removing `link`

@unmanaged export class ListLink {
  next: u32;
  previous: u32;
}

/** Bytes of a link. */
export const LIST_LINK_SIZE: usize = 8;

@inline function at(link: usize): ListLink { return changetype<ListLink>(link); }

@inline export function listInitialize(head: usize): void {
  at(head).next = <u32>head;
  at(head).previous = <u32>head;
}

@inline export function listIsEmpty(head: usize): bool { return at(head).next == <u32>head; }
/** The first link, or the head itself. */
@inline export function listFirst(head: usize): usize { return <usize>at(head).next; }
@inline export function listAfter(link: usize): usize { return <usize>at(link).next; }

export function listAppend(head: usize, link: usize): void {
  const last = <usize>at(head).previous;
  at(link).next = <u32>head;
  at(link).previous = <u32>last;
  at(last).next = <u32>link;
  at(head).previous = <u32>link;
}

export function listRemove(link: usize): void {
  const next = <usize>at(link).next;
  const previous = <usize>at(link).previous;
  at(previous).next = <u32>next;
  at(next).previous = <u32>previous;
  listInitialize(link);
}
