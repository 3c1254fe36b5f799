// A text as a QR code of error correction level M (ISO/IEC 18004), bytes alone: its modules, dark or light.

// Of versions 1 to 40: check bytes of a block, and blocks.
const CHECKS = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49];
// The two bits by which a code says that it is of level M.
const LEVEL = 0;

const MASKS = [
  (x, y) => (x + y) % 2,
  (x, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

// In the field of 256 elements, modulo x⁸ + x⁴ + x³ + x² + 1.
function product(one, other) {
  let sum = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    sum = (sum << 1) ^ ((sum >>> 7) * 0x11d);
    if ((other >>> bit) & 1) sum ^= one;
  }
  return sum;
}

// The product of x − 2ⁱ over the first `degree` i, highest power left out.
function divisorOf(degree) {
  const divisor = new Array(degree).fill(0);
  divisor[degree - 1] = 1;
  let root = 1;
  for (let i = 0; i < degree; i += 1) {
    for (let j = 0; j < degree; j += 1) {
      divisor[j] = product(divisor[j], root) ^ (divisor[j + 1] ?? 0);
    }
    root = product(root, 2);
  }
  return divisor;
}

function checksOf(data, divisor) {
  const rest = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    for (const [place, value] of divisor.entries()) rest[place] ^= product(value, factor);
  }
  return rest;
}

// Modules of a version that carry data or checks.
function roomOf(version) {
  let room = (16 * version + 128) * version + 64;
  if (version > 1) {
    const marks = Math.floor(version / 7) + 2;
    room -= (25 * marks - 10) * marks - 55;
    if (version > 6) room -= 36;
  }
  return room;
}

const bytesOf = (version) => Math.floor(roomOf(version) / 8) - CHECKS[version - 1] * BLOCKS[version - 1];

// Length and bytes, closed and filled up to what the version holds.
function wordsOf(bytes, version) {
  const bits = [];
  const write = (value, length) => {
    for (let bit = length - 1; bit >= 0; bit -= 1) bits.push((value >>> bit) & 1);
  };
  write(0b0100, 4);
  write(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) write(byte, 8);
  const all = bytesOf(version) * 8;
  write(0, Math.min(4, all - bits.length));
  write(0, (8 - (bits.length % 8)) % 8);
  for (let fill = 0xec; bits.length < all; fill ^= 0xec ^ 0x11) write(fill, 8);
  return Array.from({ length: all / 8 }, (_, place) => bits.slice(8 * place, 8 * place + 8).reduce((sum, bit) => 2 * sum + bit, 0));
}

// Blocks with their checks, byte by byte in turns.
function interleaved(words, version) {
  const [checks, count] = [CHECKS[version - 1], BLOCKS[version - 1]];
  const all = Math.floor(roomOf(version) / 8);
  const short = Math.floor(all / count) - checks;
  const longer = all % count;
  const divisor = divisorOf(checks);
  let from = 0;
  const blocks = Array.from({ length: count }, (_, place) => {
    const data = words.slice(from, from += short + (place >= count - longer ? 1 : 0));
    return [data, checksOf(data, divisor)];
  });
  const mixed = [];
  for (const part of [0, 1]) {
    for (let place = 0; place <= Math.max(short, checks); place += 1) {
      for (const block of blocks) if (place < block[part].length) mixed.push(block[part][place]);
    }
  }
  return mixed;
}

// Middles of the small squares, along either axis.
function marksOf(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const stride = Math.floor((version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
  const last = version * 4 + 10;
  return [6, ...Array.from({ length: count - 1 }, (_, place) => last - (count - 2 - place) * stride)];
}

// Remainder of `value` with `bits` zeros behind it.
function remainder(value, bits, divisor) {
  let rest = value;
  for (let i = 0; i < bits; i += 1) rest = (rest << 1) ^ ((rest >>> (bits - 1)) * divisor);
  return (value << bits) | rest;
}

class Code {
  constructor(version) {
    this.size = 4 * version + 17;
    this.dark = Array.from({ length: this.size }, () => new Array(this.size).fill(false));
    // What no data and no mask may change.
    this.fixed = Array.from({ length: this.size }, () => new Array(this.size).fill(false));
    for (let i = 0; i < this.size; i += 1) {
      this.#set(6, i, i % 2 === 0);
      this.#set(i, 6, i % 2 === 0);
    }
    const far = this.size - 4;
    for (const [x, y] of [[3, 3], [far, 3], [3, far]]) this.#square(x, y, 4);
    const marks = marksOf(version);
    const last = marks.at(-1);
    for (const x of marks) {
      for (const y of marks) {
        const isTaken = (x === 6 && y === 6) || (x === 6 && y === last) || (x === last && y === 6);
        if (!isTaken) this.#square(x, y, 2);
      }
    }
    this.writeFormat(0);
    if (version > 6) this.#writeVersion(version);
  }

  #set(x, y, isDark) {
    this.dark[y][x] = isDark;
    this.fixed[y][x] = true;
  }

  #square(middleX, middleY, reach) {
    for (let dy = -reach; dy <= reach; dy += 1) {
      for (let dx = -reach; dx <= reach; dx += 1) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        const [x, y] = [middleX + dx, middleY + dy];
        if (this.dark[y]?.[x] !== undefined) this.#set(x, y, reach === 4 ? ring !== 2 && ring !== 4 : ring !== 1);
      }
    }
  }

  writeFormat(mask) {
    const bits = remainder((LEVEL << 3) | mask, 10, 0x537) ^ 0x5412;
    const bit = (place) => ((bits >>> place) & 1) === 1;
    const end = this.size - 1;
    for (let i = 0; i < 8; i += 1) {
      this.#set(8, i < 6 ? i : i + 1, bit(i));
      this.#set(end - i, 8, bit(i));
    }
    this.#set(7, 8, bit(8));
    for (let i = 9; i < 15; i += 1) this.#set(14 - i, 8, bit(i));
    for (let i = 8; i < 15; i += 1) this.#set(8, end - 14 + i, bit(i));
    this.#set(8, end - 7, true);
  }

  #writeVersion(version) {
    const bits = remainder(version, 12, 0x1f25);
    for (let i = 0; i < 18; i += 1) {
      const isDark = ((bits >>> i) & 1) === 1;
      const [far, near] = [this.size - 11 + (i % 3), Math.floor(i / 3)];
      this.#set(far, near, isDark);
      this.#set(near, far, isDark);
    }
  }

  // Two columns at a time from the right, up and down in turns.
  fill(bytes) {
    let place = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      for (let row = 0; row < this.size; row += 1) {
        for (const x of [right, right - 1]) {
          const y = ((right + 1) & 2) === 0 ? this.size - 1 - row : row;
          if (this.fixed[y][x] || place >= bytes.length * 8) continue;
          this.dark[y][x] = ((bytes[place >>> 3] >>> (7 - (place & 7))) & 1) === 1;
          place += 1;
        }
      }
    }
  }

  mask(number) {
    for (let y = 0; y < this.size; y += 1) {
      for (let x = 0; x < this.size; x += 1) {
        if (!this.fixed[y][x] && MASKS[number](x, y) === 0) this.dark[y][x] = !this.dark[y][x];
      }
    }
  }

  // How hard it is to read: long runs, squares, what looks like a corner, more of one shade than of the other.
  penalty() {
    const { dark, size } = this;
    const turned = dark.map((_, x) => dark.map((row) => row[x]));
    let sum = 0;
    for (const line of [...dark, ...turned]) {
      const text = line.map(Number).join('');
      for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
      const wide = `0000${text}0000`;
      for (let i = 0; i + 11 <= wide.length; i += 1) {
        const part = wide.slice(i, i + 11);
        if (part === '10111010000' || part === '00001011101') sum += 40;
      }
    }
    for (let y = 1; y < size; y += 1) {
      for (let x = 1; x < size; x += 1) {
        const is = dark[y][x];
        if (is === dark[y][x - 1] && is === dark[y - 1][x] && is === dark[y - 1][x - 1]) sum += 3;
      }
    }
    const count = dark.flat().filter(Boolean).length;
    return sum + 10 * Math.max(0, Math.ceil(Math.abs(count * 20 - size * size * 10) / (size * size)) - 1);
  }
}

/** Rows of modules, `true` where dark, of the smallest code that holds the text; `undefined` if none does. */
export function qrOf(text) {
  const bytes = new TextEncoder().encode(text);
  let version = 1;
  while (version <= 40 && 4 + (version < 10 ? 8 : 16) + 8 * bytes.length > 8 * bytesOf(version)) version += 1;
  if (version > 40) return undefined;
  const code = new Code(version);
  code.fill(interleaved(wordsOf(bytes, version), version));
  let best;
  for (let mask = 0; mask < 8; mask += 1) {
    code.mask(mask);
    code.writeFormat(mask);
    const penalty = code.penalty();
    if (!best || penalty < best.penalty) best = { mask, penalty };
    code.mask(mask);
  }
  code.mask(best.mask);
  code.writeFormat(best.mask);
  return code.dark;
}
