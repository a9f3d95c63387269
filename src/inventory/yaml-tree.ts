/**
 * The parser's nodes to values that know their places.
 *
 * An alias shares the subtree of its anchor, so that unfolding costs nothing here; but whoever
 * walks the tree meets a shared part as often as it is used, and so the number of values that a
 * file stands for is limited. Merge keys (`<<`) are understood as Ansible's parser does.
 */
import { isAlias, isMap, isScalar, isSeq, type Scalar as YamlScalar, type YAMLMap } from 'yaml';
import type { Problem } from '../model/problem';
import { each, type Reading } from './reading';
import { shown } from './wording';
import { entries, isList, isMapping, type Place, type Scalar, type YamlNode } from './yaml-node';

const mostValues = 200_000;
const deepest = 64;

type PlaceAt = (offset: number) => Place;

/** How a plain scalar that bears no tag is read, where it is not YAML 1.2's way. */
export type PlainScalar = (source: string) => Scalar;

/** The tree; undefined where it stands for too many values. */
export function* treeOf(
  file: string,
  contents: unknown,
  placeAt: PlaceAt,
  plainScalar?: PlainScalar,
): Reading<YamlNode | undefined> {
  const tree = new Tree(file, placeAt, plainScalar);
  const root = yield* tree.read(contents, placeAt(0), 0);
  const size = tree.sizeOf(root);
  if (size <= mostValues) return root;
  const found = `with its aliases unfolded it has more than ${String(mostValues)} values`;
  yield { file, ...root.place, message: `this file is too large: ${found}` };
  return undefined;
}

/** A tree in the making. */
class Tree {
  /** Undefined while the anchor's own value is being read. */
  private readonly anchors = new Map<string, YamlNode | undefined>();
  /** How many values each collection stands for. */
  private readonly sizes = new Map<object, number>();

  constructor(
    private readonly file: string,
    private readonly placeAt: PlaceAt,
    private readonly plainScalar: PlainScalar | undefined,
  ) {}

  /** `outer` is the place of what it stands in, for values that have none of their own. */
  *read(source: unknown, outer: Place, depth: number): Reading<YamlNode> {
    const place = this.placeOf(source) ?? outer;
    const node: YamlNode = { file: this.file, keyPlace: place, place, value: null };
    if (isAlias(source)) return yield* this.target(source.source, node);
    if (isScalar(source)) {
      return this.remember(source.anchor, { ...node, ...this.scalar(source) });
    }
    if (!isMap(source) && !isSeq(source)) return node;
    if (depth === deepest) {
      yield this.problem(place, `this is nested too deeply; ${String(deepest)} levels are read`);
      return node;
    }
    if (source.anchor !== undefined) this.anchors.set(source.anchor, undefined);
    const value = isMap(source)
      ? yield* this.pairs(source, place, depth)
      : yield* each(source.items, (item) => this.read(item, place, depth + 1));
    return this.remember(source.anchor, { ...node, value });
  }

  sizeOf({ value }: YamlNode): number {
    return typeof value === 'object' && value !== null ? (this.sizes.get(value) ?? 1) : 1;
  }

  private *pairs(source: YAMLMap, outer: Place, depth: number): Reading<Map<string, YamlNode>> {
    const own = new Map<string, YamlNode>();
    const merged = new Map<string, YamlNode>();
    for (const pair of source.items) {
      const keyPlace = this.placeOf(pair.key) ?? outer;
      const key = this.keyText(pair.key);
      const value = yield* this.read(pair.value, keyPlace, depth + 1);
      if (key === undefined) {
        yield this.problem(keyPlace, 'a key must be a word');
      } else if (key === '__proto__') {
        yield this.problem(keyPlace, 'the key "__proto__" is not allowed');
      } else if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
        yield* this.merge(value, merged);
      } else {
        const first = own.get(key)?.keyPlace;
        if (first !== undefined) {
          const where = `the first is in line ${String(first.line)}`;
          yield this.problem(keyPlace, `the key ${shown(key)} is there twice; ${where}`);
        }
        own.set(key, { ...value, keyPlace });
      }
    }
    return new Map([...merged, ...own]);
  }

  /** Of several merged mappings the first counts (https://yaml.org/type/merge.html). */
  private *merge(source: YamlNode, into: Map<string, YamlNode>): Reading<void> {
    for (const part of isList(source.value) ? source.value : [source]) {
      if (!isMapping(part.value)) yield this.problem(part.place, 'only a mapping can be merged');
      for (const [key, value] of entries(part)) if (!into.has(key)) into.set(key, value);
    }
  }

  private *target(anchor: string, nothing: YamlNode): Reading<YamlNode> {
    const target = this.anchors.get(anchor);
    if (target !== undefined) return target;
    const why = this.anchors.has(anchor)
      ? 'stands inside its own anchor'
      : 'has no anchor before it';
    yield this.problem(nothing.place, `the alias ${shown(anchor)} ${why}`);
    return nothing;
  }

  private remember(anchor: string | undefined, node: YamlNode): YamlNode {
    if (anchor !== undefined) this.anchors.set(anchor, node);
    const { value } = node;
    const parts = isList(value) ? value : isMapping(value) ? [...value.values()] : undefined;
    if (parts !== undefined && typeof value === 'object' && value !== null) {
      const size = parts.reduce((sum, part) => sum + this.sizeOf(part), 1);
      this.sizes.set(value, Math.min(size, Number.MAX_SAFE_INTEGER));
    }
    return node;
  }

  private scalar(source: YamlScalar): Pick<YamlNode, 'value' | 'tag'> {
    const isPlain = source.type === 'PLAIN' && source.tag === undefined;
    if (isPlain && this.plainScalar !== undefined) {
      return { value: this.plainScalar(source.source ?? '') };
    }
    const value = scalarValue(source);
    const tag = ansibleTags.get(source.tag ?? '');
    return tag === undefined ? { value } : { value, tag };
  }

  private keyText(key: unknown): string | undefined {
    if (isScalar(key))
      return key.type === 'PLAIN' ? (key.source ?? '') || undefined : String(key.value);
    const target = isAlias(key) ? this.anchors.get(key.source)?.value : undefined;
    return typeof target === 'string' ? target : undefined;
  }

  private placeOf(source: unknown): Place | undefined {
    if (!isScalar(source) && !isAlias(source) && !isMap(source) && !isSeq(source)) return undefined;
    const start = source.range?.[0];
    return start === undefined ? undefined : this.placeAt(start);
  }

  private problem(place: Place, message: string): Problem {
    return { file: this.file, ...place, message };
  }
}

const ansibleTags = new Map([
  ['!vault', 'vault' as const],
  ['!vault-encrypted', 'vault' as const],
  ['!unsafe', 'unsafe' as const],
]);

function scalarValue({ value, source }: YamlScalar): Scalar {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return source ?? null;
}
