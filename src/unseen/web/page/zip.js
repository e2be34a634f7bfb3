// A zip of files that are compressed already: stored, with UTF-8 names. The files' bytes are referenced, not copied.

const TABLE = new Uint32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
const UTF8_NAMES = 0x0800;
const VERSION = 20;
const LARGEST = 0xffffffff;
const MOST = 0xffff;

/** A zip as a Blob.
 * @param {{name: string, blob: Blob}[]} files with different names, none of which is a path.
 * @param {Date} date that the files get, in local time, as a zip has it.
 * @throws {RangeError} where there is more than a zip without extensions can hold: 4 GiB or 65,535 files.
 */
export async function zipped(files, date = new Date()) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, blob } of files) {
    const encoded = new TextEncoder().encode(name);
    const entry = { crc: await checksum(blob), size: blob.size, name: encoded, offset, date };
    const header = localHeader(entry);
    parts.push(header, encoded, blob);
    directory.push(centralHeader(entry), encoded);
    offset += header.byteLength + encoded.byteLength + blob.size;
  }
  const length = directory.reduce((sum, part) => sum + part.byteLength, 0);
  if (offset + length > LARGEST || files.length > MOST) {
    throw new RangeError("This is more than a zip can hold; download fewer photos at a time.");
  }
  return new Blob([...parts, ...directory, endRecord(files.length, length, offset)], { type: "application/zip" });
}

/** The CRC-32 of a blob, read a piece at a time. */
async function checksum(blob) {
  let crc = LARGEST;
  const reader = blob.stream().getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    for (const byte of piece.value) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  }
  return (crc ^ LARGEST) >>> 0;
}

/** Numbers in a row, little-endian: [[width in bytes, value], …]. */
function packed(fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [width]) => sum + width, 0)));
  let place = 0;
  for (const [width, value] of fields) {
    if (width === 4) view.setUint32(place, value, true);
    else view.setUint16(place, value, true);
    place += width;
  }
  return new Uint8Array(view.buffer);
}

/** What both headers of a file say: flags, no compression, time, date, CRC, sizes, length of the name, no extras. */
function common({ crc, size, name, date }) {
  const time = (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
  const day = ((date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();
  const numbers = [
    [2, VERSION],
    [2, UTF8_NAMES],
    [2, 0],
    [2, time],
    [2, day],
  ];
  return [...numbers, [4, crc], [4, size], [4, size], [2, name.byteLength], [2, 0]];
}

function localHeader(entry) {
  return packed([[4, 0x04034b50], ...common(entry)]);
}

function centralHeader(entry) {
  return packed([[4, 0x02014b50], [2, VERSION], ...common(entry), [2, 0], [2, 0], [2, 0], [4, 0], [4, entry.offset]]);
}

function endRecord(count, length, offset) {
  return packed([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, length],
    [4, offset],
    [2, 0],
  ]);
}
