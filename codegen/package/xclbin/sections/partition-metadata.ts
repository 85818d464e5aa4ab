import { printable } from '../../../support/printable.ts';
import type { SectionReader } from '../section-reader.ts';

/** Where a block of the platform's shell has its registers. */
export interface PartitionEndpoint {
  readonly name: string;
  readonly physicalFunction?: number;
  readonly bar?: number;
  readonly offset?: bigint;
}

/** What the shell offers and what this file fits on. */
export interface PartitionMetadata {
  readonly interfaces: readonly string[];
  readonly endpoints: readonly PartitionEndpoint[];
}

/** Tokens and header of a flattened device tree; unlike all else in the file it is big-endian. */
const treeMagic = 0xd00dfeed;
const beginNode = 1;
const endNode = 2;
const property = 3;
const nothing = 4;
const end = 9;

interface TreeNode {
  readonly name: string;
  readonly properties: Map<string, Uint8Array>;
  readonly children: TreeNode[];
}

const aligned = (at: number): number => (at + 3) & ~3;

/** Reads big-endian words and texts of a part of the tree, with the checks of a SectionReader. */
class TreeReader {
  readonly section: SectionReader;

  constructor(section: SectionReader) {
    this.section = section;
  }

  word(at: number, what: string): number {
    const bytes = this.section.slice(at, 4, what);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  }

  text(at: number, what: string): string {
    const zero = this.section.bytes.indexOf(0, at);
    if (at > this.section.bytes.length || zero < 0) {
      throw this.section.corrupt(`the ${what} does not end`, at);
    }
    return this.section.text(at, zero - at + 1, what);
  }
}

/** The tree's root. Every turn of the loop moves on, so that a corrupt tree ends at the section's end. */
function readTree(section: SectionReader): TreeNode {
  const reader = new TreeReader(section);
  if (reader.word(0, 'magic number') !== treeMagic) {
    throw section.corrupt('it is no device tree');
  }
  const strings = reader.word(12, "strings' offset");
  const root: TreeNode = { name: '', properties: new Map(), children: [] };
  const open = [root];
  let at = reader.word(8, "structure's offset");
  for (;;) {
    const token = reader.word(at, 'token');
    const node = open[open.length - 1];
    if (token === beginNode) {
      const name = reader.text(at + 4, 'name of a node');
      const child: TreeNode = { name, properties: new Map(), children: [] };
      node.children.push(child);
      open.push(child);
      at = aligned(at + 4 + section.bytes.subarray(at + 4).indexOf(0) + 1);
    } else if (token === property) {
      const length = reader.word(at + 4, 'length of a property');
      const name = reader.text(strings + reader.word(at + 8, 'name of a property'), 'name');
      node.properties.set(name, section.slice(at + 12, length, `property ${name}`));
      at = aligned(at + 12 + length);
    } else if (token === endNode && open.length > 1) {
      open.pop();
      at += 4;
    } else if (token === nothing) {
      at += 4;
    } else if (token === end && open.length === 1) {
      return root;
    } else {
      throw section.corrupt(`token ${token} cannot stand here`, at);
    }
  }
}

/** All nodes, outermost first; a loop rather than a recursion, for trees that a bit flip made deep. */
function allNodes(root: TreeNode): readonly TreeNode[] {
  const found = [root];
  for (let index = 0; index < found.length; index++) found.push(...found[index].children);
  return found;
}

/** Undefined when the node has no such property; its first `words` big-endian words as one number. */
function numberOf(node: TreeNode, name: string, words: number): bigint | undefined {
  const bytes = node.properties.get(name);
  if (bytes === undefined || bytes.length < words * 4) return undefined;
  return BigInt(`0x${Buffer.from(bytes.subarray(0, words * 4)).toString('hex')}`);
}

function textOf(bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  return printable(Buffer.from(zero < 0 ? bytes : bytes.subarray(0, zero)).toString('utf8'));
}

/** The interfaces and the endpoints of the flattened device tree that PARTITION_METADATA is. */
export function decodePartitionMetadata(section: SectionReader): PartitionMetadata {
  const nodes = allNodes(readTree(section));
  const interfaces = nodes.flatMap(({ properties }) => {
    const uuid = properties.get('interface_uuid');
    return uuid === undefined ? [] : [textOf(uuid)];
  });
  const endpoints = nodes
    .filter(({ name }) => name === 'addressable_endpoints')
    .flatMap(({ children }) => children)
    .map((node) => {
      const pf = numberOf(node, 'pcie_physical_function', 1);
      const bar = numberOf(node, 'pcie_bar_mapping', 1);
      // reg: offset and size, two words each.
      const offset = numberOf(node, 'reg', 2);
      return {
        name: node.name,
        ...(pf === undefined ? {} : { physicalFunction: Number(pf) }),
        ...(bar === undefined ? {} : { bar: Number(bar) }),
        ...(offset === undefined ? {} : { offset }),
      };
    });
  return { interfaces, endpoints };
}
