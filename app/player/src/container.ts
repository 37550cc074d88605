// Finds the records that a player needs at the front of a clip. What they say is checked by the
// decoder; here only their places are.
import { endsEarly, isDamaged } from './problem';
import type { ByteSource } from './source';

/** Records FTYP, INDX and INIT, whole. */
export interface Front {
  type: Uint8Array;
  index: Uint8Array;
  init: Uint8Array;
}

const kRecordHeader = 16;
const kTailBytes = 32;

function kindAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function number64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

function recordBytes(payload: number): number {
  return Math.ceil((kRecordHeader + payload + 4) / 8) * 8;
}

/** Kind and size of the record whose header lies at `at` of `bytes`. */
function recordAt(bytes: Uint8Array, at: number): { kind: string; size: number } {
  if (at + kRecordHeader > bytes.length) {
    throw endsEarly();
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { kind: kindAt(bytes, at), size: recordBytes(number64(view, at + 8)) };
}

/** Reads the front of a clip, of which `head` is known; one request where the index lies in front. */
export async function readFront(source: ByteSource, head: Uint8Array): Promise<Front> {
  if (head.length < 48 || kindAt(head, 0) !== 'FTYP') {
    throw isDamaged('this is no .dgsv clip');
  }
  const read = async (first: number, size: number): Promise<Uint8Array> => {
    if (size > 1 << 28) {
      throw isDamaged('a record is too long');
    }
    if (first + size <= head.length) {
      return head.subarray(first, first + size);
    }
    if (first >= head.length) {
      return source.read(first, first + size);
    }
    const whole = new Uint8Array(size);
    whole.set(head.subarray(first));
    const rest = await source.read(head.length, first + size);
    if (rest.length < first + size - head.length) {
      throw endsEarly();
    }
    whole.set(rest, head.length - first);
    return whole;
  };
  const first = recordAt(head, 0);
  const type = await read(0, first.size);
  const second = recordAt(head, first.size);
  if (second.kind === 'INDX') {
    const index = await read(first.size, second.size);
    const place = first.size + second.size;
    const header = await read(place, kRecordHeader);
    const init = await read(place, recordAt(header, 0).size);
    return { type, index, init };
  }
  // The index lies at the end, as an encoder writes it.
  const end = source.size === Infinity ? (await source.read(0, Infinity)).length : source.size;
  const tail = await source.read(end - kTailBytes, end);
  if (tail.length < kTailBytes) {
    throw endsEarly();
  }
  const view = new DataView(tail.buffer, tail.byteOffset);
  const index = await read(number64(view, 0), recordBytes(view.getUint32(8, true)));
  const place = number64(view, 12);
  const header = await read(place, kRecordHeader);
  return { type, index, init: await read(place, recordAt(header, 0).size) };
}
